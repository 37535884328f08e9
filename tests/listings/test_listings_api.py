"""Programs find tickets, put theirs on sale, change and withdraw them."""

from datetime import timedelta

import pytest
from sqlalchemy.event import listen, remove

from app import clock
from app.accounts import seller_statements
from app.accounts.models import SellerStatement, User
from app.accounts.seller_statements import Business
from app.catalog import scheduling
from app.catalog.models import Category, Event
from app.db import transaction
from app.listings import inventory, offering
from app.listings.models import Listing
from app.orders import reservation
from app.outbox.models import Message
from tests.support.programs import Program, kind_of, places_of

pytestmark = pytest.mark.thorough

GERMAN = {"Accept-Language": "de"}
TERMS = {"price_cents": 4500, "quantity": 2}


@pytest.fixture
def program(app):
    return Program(app)


@pytest.fixture
def sellers(app, seller):
    """The program of the seller of `listing`."""
    return Program(app, seller)


@pytest.fixture
def strangers(app, stranger):
    return Program(app, stranger)


@pytest.fixture
def reserve(db, buyer):
    """Reserves tickets of a listing; the order."""
    buyer_id = buyer.id

    def call(listing, quantity=1):
        listing_id = listing.id
        with transaction():
            version = db.session.get_one(Listing, listing_id).version
            return reservation.reserve(listing_id, buyer_id, quantity, version)

    return call


@pytest.fixture
def another_event(db, event):
    """Makes a further event at the same venue."""
    venue = event.venue

    def make(title="Hafenlichter", days=20, words="hafenlichter lichthof leipzig", **facts):
        other = Event(
            slug=f"{title}-{days}".lower(),
            title=title,
            category=Category.CONCERT,
            venue=venue,
            city_key="leipzig",
            starts_at=clock.now() + timedelta(days=days),
            search_words=words,
            **facts,
        )
        db.session.add(other)
        db.session.commit()
        return other

    return make


@pytest.fixture
def statements(db):
    """What the database is asked."""
    sent: list[str] = []

    def keep(_connection, _cursor, statement, *_):
        if statement.startswith(("SELECT", "WITH")):
            sent.append(statement)

    listen(db.engine, "before_cursor_execute", keep)
    yield sent
    remove(db.engine, "before_cursor_execute", keep)


def new_event(**change):
    starts_at = (clock.now() + timedelta(days=40)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "title": "Hafenlichter",
        "category": "concert",
        "starts_at": starts_at,
        "venue": {"name": "Lichthof", "city": "Leipzig", "country": "DE"},
    } | change


def ids(answer):
    assert answer.status_code == 200, answer.json
    return [listing["id"] for listing in answer.json["items"]]


def etag(program, listing_id):
    return program.get(f"/listings/{listing_id}").headers["ETag"]


def if_match(program, listing_id):
    return {"If-Match": etag(program, listing_id)}


def next_of(answer):
    """The path below /api/v1 that the header Link names, if there is a next page."""
    link = answer.headers.get("Link")
    assert bool(link) == bool(answer.json["next_cursor"])
    return link and link.partition("/api/v1")[2].partition(">")[0]


# Reading


def test_a_listing_says_all_that_its_page_does(program, listing, event, seller):
    answer = program.get(f"/listings/{listing.id}")
    assert answer.json == {
        "id": listing.id,
        "event": {
            "id": event.id,
            "slug": "blur-leipzig",
            "title": "Blur",
            "starts_at": event.starts_at.isoformat().replace("+00:00", "Z"),
            "time_announced": True,
            "status": "scheduled",
            "venue": {
                "id": event.venue_id,
                "name": "Lichthof",
                "city": "Leipzig",
                "country": "DE",
                "timezone": "Europe/Berlin",
            },
        },
        "seller": {"display_name": "Seller", "sells_as": "private"},
        "section": None,
        "row": None,
        "price_cents": 4500,
        "fee_cents": 225,
        "total_cents": 4725,
        "face_value_cents": None,
        "currency": "EUR",
        "quantity": 2,
        "available": 2,
        "quantities": [1, 2],
        "seats": ["1", "2"],
        "split_rule": "any",
        "notes": None,
        "handover_method": "transfer",
        "status": "active",
        "version": 1,
        "created_at": listing.created_at.isoformat().replace("+00:00", "Z"),
    }
    assert program.get("/listings").json == {"items": [answer.json], "next_cursor": None}


def test_a_trade_is_called_one(program, listing, seller, db):
    business = Business(
        business_name="Tickets GmbH",
        address="Weg 1\n04109 Leipzig\nDE",
        email="shop@example.org",
        phone="+49 341 123456",
        vat_id="DE136695976",
    )
    with transaction():
        seller_statements.sell_as_trade(seller.id, business)
    answer = program.get(f"/listings/{listing.id}")
    assert answer.json["seller"] == {"display_name": "Seller", "sells_as": "trade"}
    assert "example.org" not in answer.text


def test_everybody_is_answered_alike(app, listing, program, sellers, strangers, buyer):
    answers = [
        each.get(f"/listings/{listing.id}", headers=language)
        for each in (program, sellers, strangers, Program(app, buyer))
        for language in ({}, GERMAN)
    ]
    assert len({answer.data for answer in answers}) == 1
    assert len({answer.headers["ETag"] for answer in answers}) == 1


def test_notes_for_the_buyer_are_for_who_has_paid(program, sellers, offer):
    listing_id = offer(handover_notes="The code is 4711", notes="Aisle").id
    for path in (f"/listings/{listing_id}", "/listings"):
        assert "4711" not in program.get(path).text
        assert "Aisle" in program.get(path).text
    [own] = sellers.get("/users/me/listings").json["items"]
    assert own["handover_notes"] == "The code is 4711"


def test_held_and_sold_tickets_are_counted_but_not_available(program, offer, reserve):
    listing = offer(tickets=4, split_rule="no_single_left")
    reserve(listing, 2)
    answer = program.get(f"/listings/{listing.id}").json
    assert (answer["quantity"], answer["available"], answer["seats"]) == (4, 2, ["3", "4"])
    assert answer["quantities"] == [2]


@pytest.mark.parametrize("gone", ["withdrawn", "cancelled", "over"])
def test_what_is_no_longer_sold_can_be_read_and_not_be_bought(
    program, listing, event, later, db, gone
):
    listing_id, event_id = listing.id, event.id
    if gone == "withdrawn":
        with transaction():
            offering.withdraw(listing_id, listing.seller_id, 1)
    elif gone == "cancelled":
        with transaction():
            scheduling.cancel(db.session.get_one(Event, event_id))
    else:
        later(days=31)
    answer = program.get(f"/listings/{listing_id}").json
    assert (answer["quantity"], answer["available"], answer["seats"]) == (2, 0, [])
    assert answer["quantities"] == []
    for path in ("/listings", f"/listings?event_id={event_id}", "/listings?q=blur&sort=newest"):
        assert ids(program.get(path)) == []


def test_there_is_no_other_listing(program):
    for number in (1, 2**63 - 1, 2**63, 0, "x"):
        answer = program.get(f"/listings/{number}")
        assert (answer.status_code, kind_of(answer)) == (404, "not-found")


def test_who_has_a_listing_already_is_sent_it_again_when_a_ticket_is_taken(
    program, listing, reserve
):
    known = {"If-None-Match": etag(program, listing.id)}
    again = program.get(f"/listings/{listing.id}", headers=known)
    assert (again.status_code, again.data) == (304, b"")
    reserve(listing)
    assert program.get(f"/listings/{listing.id}", headers=known).status_code == 200


# Finding


def test_tickets_are_found_by_event_and_words(program, offer, another_event):
    blur, harbour = offer(), offer(event=another_event())
    for query, found in {
        "": [blur, harbour],
        f"?event_id={blur.event_id}": [blur],
        "?event_id=9999": [],
        "?q=haf": [harbour],
        "?q=leip+licht": [blur, harbour],
        "?q=afen": [],
        "?q=!": [],
        f"?q=haf&event_id={blur.event_id}": [],
        f"?q=blur&event_id={blur.event_id}": [blur],
    }.items():
        for sort in ("cheapest", "newest"):
            url = f"/listings{query}{'&' if query else '?'}sort={sort}"
            assert sorted(ids(program.get(url))) == [listing.id for listing in found], url


@pytest.mark.parametrize("everywhere", [True, False])
def test_tickets_are_found_by_price_section_and_number(program, offer, event, everywhere):
    one = offer(tickets=1, price_cents=1000, section="A")
    pairs = offer(tickets=4, price_cents=2000, section="B", split_rule="pairs")
    together = offer(tickets=3, price_cents=3000, section="B", split_rule="together")
    for query, found in {
        "": [one, pairs, together],
        "min_price_cents=1050": [one, pairs, together],  # what a buyer pays for the first
        "min_price_cents=1051": [pairs, together],
        "max_price_cents=2100": [one, pairs],
        "max_price_cents=2099": [one],
        "min_price_cents=0&max_price_cents=0": [],
        "min_price_cents=2100&max_price_cents=2100": [pairs],
        "min_price_cents=3000&max_price_cents=2000": [],
        "quantity=1": [one],
        "quantity=2": [pairs],
        "quantity=3": [together],
        "quantity=8": [],
        "section=B": [pairs, together],
        "section=b": [],
        "section=B&quantity=3": [together],
    }.items():
        for sort in ("cheapest", "newest"):
            where = "" if everywhere else f"&event_id={event.id}"
            answer = program.get(f"/listings?sort={sort}{where}&{query}".rstrip("&"))
            wanted = [listing.id for listing in found]
            assert ids(answer) == (wanted if sort == "cheapest" else wanted[::-1]), query


def test_the_cheapest_or_the_newest_come_first(program, offer):
    dear, cheap, middle = (offer(price_cents=price).id for price in (9000, 1000, 5000))
    assert ids(program.get("/listings")) == [cheap, middle, dear]
    assert ids(program.get("/listings?sort=newest")) == [middle, cheap, dear]


PAGES = ["", "event_id=", "q=blur", "q=blur&frequent", "min_price_cents=1", "quantity=1"]


@pytest.mark.parametrize("query", PAGES)
@pytest.mark.parametrize("sort", ["cheapest", "newest"])
def test_pages_are_complete_although_more_is_put_on_sale(
    program, offer, event, monkeypatch, query, sort
):
    if query.endswith("&frequent"):
        monkeypatch.setattr("app.listings.finding.FEW", 0)
        query = query.removesuffix("&frequent")
    there = {offer(price_cents=4000 + number % 3).id for number in range(5)}
    found, url = [], f"/listings?limit=2&sort={sort}&{query}".rstrip("&")
    url = url.replace("event_id=", f"event_id={event.id}")
    for turn in range(20):
        answer = program.get(url)
        assert len(answer.json["items"]) <= 2
        found += ids(answer)
        if turn < 4:
            offer(price_cents=1000)
            offer(price_cents=4001)
            offer(price_cents=9000)
        url = next_of(answer)
        if not url:
            break
    assert not url
    assert len(found) == len(set(found))
    assert there <= set(found)


def test_a_page_ends_where_it_has_looked_far_enough(program, offer, monkeypatch):
    monkeypatch.setattr("app.listings.finding.LOOKED_AT", 3)
    for number in range(8):
        offer(price_cents=1000 + number, tickets=1)
    wanted = [offer(price_cents=500 + 5000 * number, tickets=2).id for number in range(3)]
    for sort in ("cheapest", "newest"):
        found, pages, url = [], 0, f"/listings?quantity=2&limit=100&sort={sort}"
        while url:
            answer = program.get(url)
            found, pages, url = [*found, *ids(answer)], pages + 1, next_of(answer)
        assert sorted(found) == wanted
        assert pages >= 4


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("seller_id=1", "seller_id"),
        ("event_id=0", "event_id"),
        ("event_id=x", "event_id"),
        (f"event_id={2**63}", "event_id"),
        ("min_price_cents=-1", "min_price_cents"),
        ("max_price_cents=1e3", "max_price_cents"),
        ("quantity=0", "quantity"),
        ("quantity=9", "quantity"),
        ("sort=dearest", "sort"),
        ("limit=101", "limit"),
        ("section=%00", "section"),
        ("event_id=1&event_id=2", "event_id"),
        ("cursor=%C3%A4", "cursor"),
        ("cursor=bmV3ZXN0IDEgMQ", "cursor"),  # "newest 1 1"
        ("sort=newest&event_id=1&cursor=bmV3ZXN0IDEgMQ", "cursor"),
        ("sort=newest&cursor=bmV3ZXN0IDk5OTk5OTk5OTk5OTk5OTk5OSAx", "cursor"),  # no such year
        ("sort=newest&cursor=bmV3ZXN0IC05OTk5OTk5OTk5OTk5OTk5OTkgMQ", "cursor"),
    ],
)
def test_what_cannot_be_asked_for_is_named(program, query, place):
    answer = program.get(f"/listings?{query}")
    assert answer.status_code == 422
    assert places_of(answer) == [place]


def test_lists_take_few_statements_however_long(program, sellers, offer, statements):
    for _ in range(12):
        offer(tickets=3)
    for path in ("/listings?q=blur&quantity=2", "/listings?sort=newest", "/users/me/listings"):
        statements.clear()
        assert len(sellers.get(path).json["items"]) == 12
        assert len(statements) <= 8, path


# Putting on sale


def test_tickets_are_put_on_sale(sellers, event, db):
    answer = sellers.post(
        "/listings",
        {
            "event_id": event.id,
            "seats": ["4-6", "B 9"],
            "price_cents": 4500,
            "face_value_cents": 5000,
            "split_rule": "pairs",
            "section": " G ",
            "row": "12",
            "notes": "Aisle",
            "handover_method": "pdf",
            "handover_notes": "I write to you",
        },
    )
    assert answer.status_code == 201
    made = answer.json
    assert made["seats"] == ["4", "5", "6", "B 9"]
    assert (made["section"], made["row"], made["split_rule"]) == ("G", "12", "pairs")
    assert (made["face_value_cents"], made["handover_method"]) == (5000, "pdf")
    assert made["quantities"] == [2, 4]
    read = sellers.client.get(answer.headers["Location"])
    assert read.json == made
    assert read.headers["ETag"] == answer.headers["ETag"]
    db.session.rollback()  # see what the program did
    [message] = db.session.scalars(db.select(Message).filter_by(type="listing.published"))
    assert message.data["listing_id"] == made["id"]


def test_tickets_are_put_on_sale_with_a_new_event(sellers, db):
    answer = sellers.post("/listings", TERMS | {"event": new_event()})
    assert answer.status_code == 201
    assert answer.json["event"]["title"] == "Hafenlichter"
    assert answer.json["seats"] == []
    assert answer.json["available"] == 2


def test_neither_is_made_without_the_other(sellers, db):
    answer = sellers.post("/listings", TERMS | {"event": new_event(), "price_cents": 0})
    assert (answer.status_code, places_of(answer)) == (422, ["/price_cents"])
    assert not db.session.scalars(db.select(Event)).all()


def test_a_likely_duplicate_of_the_event_is_named(sellers, another_event, db):
    other = another_event(days=40).id
    answer = sellers.post("/listings", TERMS | {"event": new_event()})
    assert (answer.status_code, kind_of(answer)) == (409, "likely-duplicates")
    assert answer.json["event_ids"] == [other]
    assert not db.session.scalars(db.select(Listing)).all()
    insisted = TERMS | {"event": new_event(is_another=True)}
    assert sellers.post("/listings", insisted).status_code == 201


@pytest.mark.parametrize(
    ("change", "places"),
    [
        ({"seller_id": 1}, ["/seller_id"]),
        ({"status": "withdrawn", "version": 7}, ["/status", "/version"]),
        ({"currency": "USD", "fee_cents": 0}, ["/currency", "/fee_cents"]),
        ({"event_id": 9999}, ["/event_id"]),
        ({"event_id": None}, ["/event_id"]),
        ({"event_id": "1"}, ["/event_id"]),
        ({"event": {}}, ["/event/title", "/event/category", "/event/starts_at"]),
        ({"price_cents": 0}, ["/price_cents"]),
        ({"price_cents": -1}, ["/price_cents"]),
        ({"price_cents": 45.0}, ["/price_cents"]),
        ({"price_cents": True}, ["/price_cents"]),
        ({"price_cents": 10**9}, ["/price_cents"]),
        ({"price_cents": 10**30}, ["/price_cents"]),
        ({"face_value_cents": 0}, ["/face_value_cents"]),
        ({"quantity": 0}, ["/quantity"]),
        ({"quantity": 51}, ["/quantity"]),
        ({"quantity": 3, "seats": ["1", "2"]}, ["/quantity"]),
        ({"seats": []}, ["/seats"]),
        ({"seats": "4-7"}, ["/seats"]),
        ({"seats": ["1", "1 "]}, ["/seats"]),
        ({"seats": ["7-4"]}, ["/seats"]),
        ({"seats": ["a", 7]}, ["/seats/1"]),
        ({"seats": ["x" * 13]}, ["/seats"]),
        ({"split_rule": "halves"}, ["/split_rule"]),
        ({"split_rule": "together", "quantity": 9}, ["/split_rule"]),
        ({"handover_method": "owl"}, ["/handover_method"]),
        ({"section": "x" * 41}, ["/section"]),
        ({"row": "a\0b"}, ["/row"]),
        ({"notes": "x" * 501}, ["/notes"]),
        ({"handover_notes": "x" * 501}, ["/handover_notes"]),
    ],
    ids=lambda value: str(value)[:60],
)
def test_what_cannot_be_put_on_sale_is_named(sellers, event, db, change, places):
    answer = sellers.post("/listings", TERMS | {"event_id": event.id} | change)
    assert answer.status_code == 422
    assert places_of(answer) == places
    assert not db.session.scalars(db.select(Listing)).all()


@pytest.mark.parametrize(
    ("change", "places"),
    [
        ({"title": " "}, ["/event/title"]),
        ({"slug": "x"}, ["/event/slug"]),
        ({"starts_at": "2020-01-01T20:00:00Z"}, ["/event/starts_at"]),
        ({"venue_id": 7}, ["/event"]),
        ({"venue": {"name": " ", "city": "B", "country": "DE"}}, ["/event/venue/name"]),
        ({"venue": {"name": "A", "city": "B", "country": "US"}}, ["/event/venue/timezone"]),
    ],
    ids=str,
)
def test_what_is_wrong_with_the_new_event_is_named(sellers, db, change, places):
    answer = sellers.post("/listings", TERMS | {"event": new_event(**change)})
    assert answer.status_code == 422
    assert places_of(answer) == places


def test_a_listing_needs_one_event_and_tickets(sellers, event):
    both = TERMS | {"event_id": event.id, "event": new_event()}
    assert places_of(sellers.post("/listings", both)) == [""]
    assert places_of(sellers.post("/listings", TERMS)) == [""]
    none = sellers.post("/listings", {"price_cents": 4500, "event_id": event.id})
    assert places_of(none) == ["/quantity"]
    at_none = new_event(venue_id=7)
    del at_none["venue"]
    nowhere = sellers.post("/listings", TERMS | {"event": at_none})
    assert places_of(nowhere) == ["/event/venue_id"]


def test_nothing_is_sold_for_what_is_over_or_cancelled(sellers, event, later, db):
    event_id = event.id
    with transaction():
        scheduling.cancel(db.session.get_one(Event, event_id))
    answer = sellers.post("/listings", TERMS | {"event_id": event_id})
    assert (answer.status_code, kind_of(answer)) == (409, "conflict")


def test_a_seat_is_offered_once(sellers, event):
    seat = {"price_cents": 4500, "event_id": event.id, "section": "G", "seats": ["4"]}
    assert sellers.post("/listings", seat).status_code == 201
    answer = sellers.post("/listings", seat)
    assert (answer.status_code, kind_of(answer)) == (409, "seats-offered-already")
    assert places_of(answer) == ["/seats"]


def test_only_who_is_signed_in_puts_tickets_on_sale(program, event, db):
    for body in (TERMS | {"event_id": event.id}, {"nonsense": 1}):
        answer = program.post("/listings", body)
        assert (answer.status_code, kind_of(answer)) == (401, "unauthenticated")
    assert program.get("/users/me/listings").status_code == 401


def test_a_seller_says_once_that_they_sell_privately(app, event, db):
    user = User(email="new@example.org", display_name="New", password_hash="no password fits")
    db.session.add(user)
    db.session.commit()
    user_id, news = user.id, Program(app, user)
    terms = TERMS | {"event_id": event.id}
    for body in (terms, terms | {"sells_privately": False}):
        answer = news.post("/listings", body)
        assert (answer.status_code, places_of(answer)) == (422, ["/sells_privately"])
        assert "trade" in answer.json["detail"]
    answer = news.post("/listings", terms | {"sells_privately": True})
    assert answer.json["seller"]["sells_as"] == "private"
    assert news.post("/listings", terms).status_code == 201
    db.session.rollback()
    statements = db.select(db.func.count()).where(SellerStatement.user_id == user_id)
    assert db.session.scalar(statements) == 1


def test_what_a_trade_has_said_stands(sellers, seller, event):
    business = Business(
        business_name="Tickets GmbH",
        address="Weg 1\n04109 Leipzig\nDE",
        email="shop@example.org",
        phone="+49 341 123456",
        vat_id="DE136695976",
    )
    with transaction():
        seller_statements.sell_as_trade(seller.id, business)
    answer = sellers.post("/listings", TERMS | {"event_id": event.id, "sells_privately": True})
    assert answer.json["seller"]["sells_as"] == "trade"


# Changing


def test_what_is_sent_changes_and_the_rest_stays(sellers, offer, db):
    listing = offer(section="G", row="12", notes="Aisle", face_value_cents=5000)
    listing_id, before = listing.id, sellers.get(f"/listings/{listing.id}").json
    answer = sellers.patch(
        f"/listings/{listing_id}", {"price_cents": 4000}, headers=if_match(sellers, listing_id)
    )
    assert answer.status_code == 200
    assert answer.json == before | {
        "price_cents": 4000,
        "fee_cents": 200,
        "total_cents": 4200,
        "version": 2,
    }
    read = sellers.get(f"/listings/{listing_id}")
    assert read.json == answer.json
    assert read.headers["ETag"] == answer.headers["ETag"]
    db.session.rollback()  # see what the program did
    [message] = db.session.scalars(db.select(Message).filter_by(type="listing.updated"))
    assert message.data["listing_version"] == 2


CHANGES = [
    ({"section": "H", "row": None}, {"section": "H", "row": None}),
    ({"notes": None}, {"notes": None}),
    ({"face_value_cents": None}, {"face_value_cents": None}),
    ({"split_rule": "together"}, {"split_rule": "together", "quantities": [2]}),
    ({"handover_method": "post"}, {"handover_method": "post"}),
    ({"seats": ["2", "3", "4"]}, {"seats": ["2", "4", "3"], "available": 3, "quantity": 3}),
    ({"seats": ["2"]}, {"seats": ["2"], "available": 1, "quantity": 1}),
    ({"seats": None}, {"seats": [], "available": 2, "quantity": 2}),
    ({"seats": None, "quantity": 3}, {"seats": [], "available": 3, "quantity": 3}),
    ({"quantity": 2}, {"seats": ["1", "2"], "available": 2}),
]


@pytest.mark.parametrize(("change", "after"), CHANGES, ids=str)
def test_every_term_can_be_changed(sellers, offer, change, after):
    listing = offer(section="G", row="12", notes="Aisle", face_value_cents=5000)
    listing_id, before = listing.id, sellers.get(f"/listings/{listing.id}").json
    answer = sellers.patch(f"/listings/{listing_id}", change, headers=if_match(sellers, listing_id))
    assert answer.status_code == 200, answer.json
    for name in before.keys() - after.keys() - {"version", "quantities"}:
        assert answer.json[name] == before[name]
    for name, value in after.items():
        same = sorted if name == "seats" else lambda value: value
        assert same(answer.json[name]) == same(value), name


def test_more_and_fewer_tickets_without_names(sellers, event):
    listing_id = sellers.post("/listings", TERMS | {"event_id": event.id}).json["id"]
    for quantity in (5, 1):
        answer = sellers.patch(
            f"/listings/{listing_id}",
            {"quantity": quantity},
            headers=if_match(sellers, listing_id),
        )
        assert (answer.json["quantity"], answer.json["available"]) == (quantity, quantity)


def test_nothing_sent_changes_nothing(sellers, listing):
    tag = etag(sellers, listing.id)
    answer = sellers.patch(f"/listings/{listing.id}", {}, headers={"If-Match": tag})
    assert (answer.status_code, answer.headers["ETag"]) == (200, tag)


@pytest.mark.parametrize(
    ("change", "places"),
    [
        ({"seller_id": 1}, ["/seller_id"]),
        ({"event_id": 1}, ["/event_id"]),
        ({"status": "active"}, ["/status"]),
        ({"version": 1, "available": 50}, ["/available", "/version"]),
        ({"sells_privately": True}, ["/sells_privately"]),
        ({"price_cents": None}, ["/price_cents"]),
        ({"price_cents": 1}, ["/price_cents"]),
        ({"face_value_cents": 0}, ["/face_value_cents"]),
        ({"split_rule": None}, ["/split_rule"]),
        ({"handover_method": None}, ["/handover_method"]),
        ({"quantity": None}, ["/quantity"]),
        ({"quantity": 0}, ["/quantity"]),
        ({"quantity": 3}, ["/quantity"]),  # but two seats
        ({"seats": []}, ["/seats"]),
        ({"section": "x" * 41}, ["/section"]),
    ],
    ids=str,
)
def test_what_cannot_be_changed_is_named(sellers, listing, change, places):
    listing_id, tag = listing.id, etag(sellers, listing.id)
    answer = sellers.patch(f"/listings/{listing_id}", change, headers={"If-Match": tag})
    assert answer.status_code == 422
    assert places_of(answer) == places
    assert etag(sellers, listing_id) == tag


def test_a_change_names_the_version_it_applies_to(sellers, listing):
    answer = sellers.patch(f"/listings/{listing.id}", {"price_cents": 4000})
    assert (answer.status_code, kind_of(answer)) == (428, "version-missing")


def test_a_listing_is_changed_by_its_seller_alone(program, strangers, sellers, listing, db):
    listing_id, seen = listing.id, if_match(program, listing.id)
    path = f"/listings/{listing_id}"
    assert program.patch(path, {"price_cents": 1}, headers=seen).status_code == 401
    assert program.delete(path).status_code == 401
    assert strangers.patch(path, {"price_cents": 4000}, headers=seen).status_code == 404
    assert strangers.patch(path, {"notes": "Hacked"}, headers=seen).status_code == 404
    assert strangers.delete(path).status_code == 404
    assert sellers.patch("/listings/9999", {"price_cents": 1}, headers=seen).status_code == 404
    assert sellers.delete("/listings/9999").status_code == 404
    assert if_match(program, listing_id) == seen


@pytest.mark.parametrize("tag", ['"0"', "nonsense", 'W/"x", "y"'])
def test_another_version_is_stale(sellers, listing, tag):
    for change in ({"price_cents": 4000}, {"notes": "Aisle"}, {}):
        answer = sellers.patch(f"/listings/{listing.id}", change, headers={"If-Match": tag})
        assert (answer.status_code, kind_of(answer)) == (412, "version-stale")


def test_any_version_may_be_meant(sellers, listing):
    answer = sellers.patch(f"/listings/{listing.id}", {"notes": "A"}, headers={"If-Match": "*"})
    assert answer.status_code == 200


def test_of_two_changes_to_one_version_one_is_stale(sellers, listing):
    seen, path = if_match(sellers, listing.id), f"/listings/{listing.id}"
    assert sellers.patch(path, {"price_cents": 4000}, headers=seen).status_code == 200
    assert sellers.patch(path, {"price_cents": 3000}, headers=seen).status_code == 412
    assert sellers.get(path).json["price_cents"] == 4000


def test_a_reservation_in_between_makes_the_version_stale(sellers, listing, reserve, db, later):
    seen, path = if_match(sellers, listing.id), f"/listings/{listing.id}"
    order_id = reserve(listing).id
    assert sellers.patch(path, {"notes": "Aisle"}, headers=seen).status_code == 412
    with transaction():
        inventory.sell(order_id)
    answer = sellers.patch(path, {"price_cents": 4000}, headers=seen)
    assert (answer.status_code, kind_of(answer)) == (412, "version-stale")
    fresh = sellers.patch(path, {"price_cents": 4000}, headers=if_match(sellers, listing.id))
    assert fresh.status_code == 200
    assert (fresh.json["quantity"], fresh.json["available"]) == (2, 1)


def test_that_a_ticket_is_held_is_said_before_that_the_version_is_stale(
    sellers, listing, reserve, db
):
    seen, path = if_match(sellers, listing.id), f"/listings/{listing.id}"
    reserve(listing)
    for headers in (seen, if_match(sellers, listing.id)):
        answer = sellers.patch(path, {"price_cents": 4000}, headers=headers)
        assert (answer.status_code, kind_of(answer)) == (409, "tickets-held")
        answer = sellers.delete(path, headers=headers)
        assert (answer.status_code, kind_of(answer)) == (409, "tickets-held")


def test_what_is_said_about_it_may_change_while_a_ticket_is_held(sellers, listing, reserve):
    reserve(listing)
    answer = sellers.patch(
        f"/listings/{listing.id}",
        {"notes": "Aisle", "handover_notes": "I call you"},
        headers=if_match(sellers, listing.id),
    )
    assert (answer.status_code, answer.json["notes"]) == (200, "Aisle")
    assert answer.json["handover_method"] == "transfer"


def test_what_is_withdrawn_is_not_changed_any_more(sellers, listing):
    path = f"/listings/{listing.id}"
    sellers.delete(path)
    for change in ({"price_cents": 4000}, {"notes": "Aisle"}):
        answer = sellers.patch(path, change, headers=if_match(sellers, listing.id))
        assert (answer.status_code, kind_of(answer)) == (409, "conflict")


# Withdrawing


def test_a_listing_is_withdrawn_once_and_again(sellers, listing, db):
    listing_id, path = listing.id, f"/listings/{listing.id}"
    seen = if_match(sellers, listing_id)
    for headers in ({}, {}, seen):
        answer = sellers.delete(path, headers=headers)
        assert (answer.status_code, answer.data) == (204, b"")
    assert sellers.get(path).json["status"] == "withdrawn"
    db.session.rollback()
    found = db.session.scalars(db.select(Message).filter_by(type="listing.withdrawn")).all()
    assert len(found) == 1


def test_withdrawing_honours_a_version(sellers, listing):
    path = f"/listings/{listing.id}"
    answer = sellers.delete(path, headers={"If-Match": '"0"'})
    assert (answer.status_code, kind_of(answer)) == (412, "version-stale")
    assert sellers.delete(path, headers=if_match(sellers, listing.id)).status_code == 204


# One's own


def test_ones_own_listings_are_listed_in_every_state(
    sellers, strangers, offer, reserve, stranger, db
):
    sold, withdrawn, active = offer(tickets=1), offer(), offer()
    order_id = reserve(sold).id
    with transaction():
        inventory.sell(order_id)
    sellers.delete(f"/listings/{withdrawn.id}")
    db.session.rollback()
    offer(seller=db.session.get_one(User, stranger.id))
    answer = sellers.get("/users/me/listings")
    assert ids(answer) == [active.id, withdrawn.id, sold.id]
    own = {listing["id"]: listing for listing in answer.json["items"]}
    assert (own[sold.id]["quantity"], own[sold.id]["available"]) == (1, 0)
    assert len(ids(strangers.get("/users/me/listings"))) == 1


def test_pages_of_ones_own_listings_are_complete(sellers, offer):
    there = [offer().id for _ in range(5)]
    found, url = [], "/users/me/listings?limit=2"
    while url:
        answer = sellers.get(url)
        found += ids(answer)
        offer()
        url = next_of(answer)
    assert found == there[::-1]


# Words


def test_refusals_are_in_the_language_that_is_asked_for(sellers, listing, event, reserve, app):
    def detail(answer):
        return answer.json["detail"]

    path, terms = f"/listings/{listing.id}", TERMS | {"event_id": event.id}
    assert detail(sellers.post("/listings", terms | {"event_id": 99}, headers=GERMAN)) == (
        "Diese Veranstaltung gibt es hier nicht."
    )
    assert detail(sellers.post("/listings", terms | {"price_cents": 1}, headers=GERMAN)) == (
        "Ein Ticket muss den Käufer mindestens 0,50\N{NO-BREAK SPACE}€ kosten."
    )
    reserve(listing)
    held = sellers.patch(path, {"price_cents": 1}, headers={"If-Match": "*"} | GERMAN)
    assert "reserviert" in detail(held)
