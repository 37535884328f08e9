import re
from datetime import date, timedelta

import pytest

from app import clock
from app.catalog.models import Event
from app.db import transaction
from app.listings import editing, inventory
from app.listings.models import Listing, ListingStatus
from app.orders import reservation
from tests.support.signing_in import sign_in_as

pytestmark = pytest.mark.thorough

HTMX = {"HX-Request": "true"}
TICKETS = {
    "price": "45,50",
    "seats": "4-5",
    "section": "G",
    "split_rule": "any",
    "handover_method": "pdf",
}


@pytest.fixture
def as_seller(app, seller):
    return sign_in_as(app, seller)


@pytest.fixture
def as_stranger(app, stranger):
    return sign_in_as(app, stranger)


@pytest.fixture
def reserved(listing, buyer):
    with transaction():
        return reservation.reserve(listing.id, buyer.id, 1, version=1)


@pytest.fixture
def listings(db):
    def read():
        db.session.rollback()
        return db.session.scalars(db.select(Listing).order_by(Listing.id)).all()

    return read


@pytest.fixture
def new_event():
    """What a seller enters for an event in Köln, and the tickets for it."""
    day = clock.now() + timedelta(days=40)
    return TICKETS | {
        "title": "Blechblumen",
        "category": "concert",
        "starts_at": f"{day:%Y-%m-%d}T20:00",
        "venue": "Rheinbühne",
        "city": "Köln",
        "country": "DE",
        "timezone": "",
    }


def form_of(listing, **changes):
    stock = editing.stock_of(listing)
    return TICKETS | {"seats": "1-2", "version": listing.version, "stock": stock} | changes


# Publishing


def test_a_seller_finds_the_event_and_puts_two_tickets_on_sale(as_seller, event, listings):
    assert f"/sell?event={event.slug}" in as_seller.get("/sell?q=blur").text
    assert "Blur" in as_seller.get(f"/sell?event={event.slug}").text

    answer = as_seller.post("/sell", data=TICKETS | {"event": event.slug})

    [listing] = listings()
    assert answer.status_code == 303
    assert answer.location == f"/listings/{listing.id}"
    assert (listing.price_cents, listing.section, len(listing.tickets)) == (4550, "G", 2)


def test_looking_for_no_words_leaves_none_in_the_address(as_seller):
    assert as_seller.get("/sell?q=").location == "/sell"


def test_an_event_that_is_missing_is_entered_with_its_tickets(as_seller, new_event, listings):
    assert "Blechblumen" in as_seller.get("/sell?new=yes&q=Blechblumen").text

    assert as_seller.post("/sell", data=new_event).status_code == 303

    event = listings()[0].event
    assert (event.title, event.venue.name, event.venue.city) == (
        "Blechblumen",
        "Rheinbühne",
        "Köln",
    )
    assert f"{event.starts_at_local:%H:%M}" == "20:00"


def test_an_event_with_an_unknown_time_is_entered(as_seller, new_event, listings):
    as_seller.post("/sell", data=new_event | {"time_unknown": "y"})
    assert not listings()[0].event.time_announced


def test_a_time_that_is_not_announced_is_not_judged(as_seller, new_event, listings):
    march = date(clock.now().year + 1, 3, 31)
    day = march - timedelta(days=march.isoweekday() % 7)  # clocks go forward on its last Sunday
    skipped = new_event | {"starts_at": f"{day}T02:30"}
    assert "does not exist" in as_seller.post("/sell", data=skipped).text

    assert as_seller.post("/sell", data=skipped | {"time_unknown": "y"}).status_code == 303
    event = listings()[0].event
    assert f"{event.starts_at_local:%Y-%m-%d %H:%M}" == f"{day} 00:00"


def test_a_likely_duplicate_is_shown_first(as_seller, new_event, listings):
    as_seller.post("/sell", data=new_event)
    again = new_event | {"title": "BLECHBLUMEN live"}

    answer = as_seller.post("/sell", data=again)
    assert answer.status_code == 409
    assert "Use this one" in answer.text
    assert len(listings()) == 1

    pressed_by_enter = re.findall(
        r"<button[^>]*>[^<]*", answer.text.partition('action="/sell"')[2]
    )[0]
    assert pressed_by_enter.endswith("Publish")

    slug = re.search(r'name="use" value="([^"]+)"', answer.text)[1]
    chosen = as_seller.post("/sell", data=again | {"use": slug})
    assert chosen.status_code == 200
    assert f'value="{slug}"' in chosen.text
    assert 'value="45,50"' in chosen.text
    assert len(listings()) == 1  # choosing is not yet publishing

    as_seller.post("/sell", data=TICKETS | {"event": slug, "seats": "6"})
    assert listings()[0].event_id == listings()[1].event_id


def test_mine_is_another_one_makes_a_second_event(db, as_seller, new_event, listings):
    as_seller.post("/sell", data=new_event)
    assert as_seller.post("/sell", data=new_event | {"another": ["", "yes"]}).status_code == 303
    assert len({listing.event_id for listing in listings()}) == 2


def test_tickets_that_cannot_be_sold_leave_no_event_behind(db, as_seller, new_event):
    answer = as_seller.post("/sell", data=new_event | {"price": "0,10"})
    assert answer.status_code == 422
    assert not db.session.scalars(db.select(Event)).all()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"price": ""}, "Enter your price"),
        ({"price": "a lot"}, "Enter an amount such as 45"),
        ({"price": "40.999"}, "Write 40999 or 40999.00."),
        ({"price": "0"}, "Enter a price above zero."),
        ({"seats": "7-4"}, "We cannot read the seats"),
        ({"seats": "1-51"}, "at most 50"),
        ({"seats": "", "quantity": "51"}, "between 1 and 50"),
        ({"seats": "", "quantity": ""}, "how many tickets there are"),
        ({"seats": "1-9", "split_rule": "together"}, "at most 8 tickets"),
        ({"split_rule": "x"}, "Not a valid choice"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_entered_stays(as_seller, event, listings, wrong, said):
    answer = as_seller.post("/sell", data=TICKETS | {"event": event.slug} | wrong)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="G"' in answer.text
    assert not listings()


def test_what_nobody_sees_is_not_kept(as_seller, event, listings):
    unseen = {
        "seats": "4\0, B\x075",
        "section": "\0G\u202e",
        "row": "1\0 2",
        "notes": "Side\0entrance\r\n\x1bon the left",
        "handover_notes": "\0By mail",
    }
    answer = as_seller.post("/sell", data=TICKETS | {"event": event.slug} | unseen)
    assert answer.status_code == 303

    [listing] = listings()
    assert (listing.section, listing.row) == ("G", "1 2")
    assert (listing.notes, listing.handover_notes) == ("Side entrance\n on the left", "By mail")
    assert [ticket.seat for ticket in listing.tickets] == ["4", "B 5"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": "x"}, "Event needs at least 2 characters."),
        ({"title": ""}, "Enter what is on."),
        ({"starts_at": "soon"}, "Not a valid datetime"),
        ({"starts_at": "2001-01-01T20:00"}, "must lie ahead"),
        ({"country": "US"}, "United States has more than one time zone"),
        ({"timezone": "America/New_York"}, "America/New_York is not a time zone of Germany"),
        ({"starts_at": "0001-01-02T00:00"}, "must lie ahead"),
        ({"starts_at": "9999-12-31T00:00", "time_unknown": "y"}, "more than five years ahead"),
    ],
)
def test_an_event_that_cannot_be_is_not_entered(as_seller, new_event, listings, wrong, said):
    answer = as_seller.post("/sell", data=new_event | wrong)
    assert answer.status_code == 422
    assert said in answer.text
    assert not listings()


def test_an_event_that_has_begun_takes_no_tickets(db, as_seller, event, listings):
    event.starts_at = clock.now() - timedelta(hours=1)
    db.session.commit()
    answer = as_seller.post("/sell", data=TICKETS | {"event": event.slug})
    assert answer.status_code == 409
    assert "begun" in answer.text
    assert not listings()


def test_an_event_that_is_not_there_is_not_found(as_seller):
    assert as_seller.get("/sell?event=nope").status_code == 404
    assert as_seller.post("/sell", data=TICKETS | {"event": "nope"}).status_code == 404


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("45", "€47.25"),
        ("45,50", "€47.78"),
        ("45 EUR", "€47.25"),
        ("0.1", "€0.11"),  # what is wrong with it is said when one leaves the field
        ("", "one price"),
        ("x", "one price"),
    ],
)
def test_the_price_is_explained_while_it_is_typed(app, typed, said):
    answer = app.test_client().get("/sell/price", query_string={"price": typed})
    assert said in answer.text
    assert 'id="price-hint"' in answer.text


def test_the_second_click_on_publish_is_told_next_to_the_seats(as_seller, event, listings):
    offer = TICKETS | {"event": event.slug}
    assert as_seller.post("/sell", data=offer).status_code == 303

    answer = as_seller.post("/sell", data=offer)
    assert answer.status_code == 409
    assert re.search(
        r'id="seats-error"><svg.*?</svg>[^<]*seats 4\N{EN DASH}5 for this event', answer.text
    )
    assert len(listings()) == 1


def test_whether_a_field_may_be_empty_is_no_part_of_its_name(as_seller, event):
    page = as_seller.get(f"/sell?event={event.slug}").text
    assert '<label for="quantity">Quantity</label>' in page
    assert re.search(r'<input aria-describedby="quantity-optional quantity-hint" [^>]*>', page)
    assert '<small id="quantity-optional">(optional)</small>' in page
    assert "price-optional" not in page


# Judged while the form is filled in


ANY = {"split_rule": "any"}


@pytest.mark.parametrize(
    ("part", "entered", "field", "said"),
    [
        ("price", {"price": "0,10"}, "price", "at least €0.50"),
        ("price", {"price": "x"}, "price", "Enter an amount"),
        ("price", {"price": " "}, "price", "Enter your price"),
        ("face_value", {"face_value": "0"}, "face_value", "or nothing"),
        ("tickets", ANY | {"seats": "4-6", "quantity": "2"}, "quantity", "You named 3 seats"),
        ("tickets", ANY | {"seats": "7-4"}, "seats", "cannot read the seats"),
        ("tickets", ANY | {"quantity": "99"}, "quantity", "between 1 and 50"),
        ("tickets", {"quantity": "9", "split_rule": "together"}, "split_rule", "at most 8"),
        ("start", {"starts_at": "2020-01-01T20:00", "country": "DE"}, "starts_at", "lie ahead"),
        ("start", {"starts_at": "", "country": "DE"}, "starts_at", "Enter the day"),
    ],
)
def test_what_is_wrong_is_said_when_one_leaves_the_field(app, part, entered, field, said):
    answer = app.test_client().get(f"/sell/check/{part}", query_string=entered, headers=HTMX)
    assert answer.status_code == 200
    assert answer.text.count(f'id="checked-{part}"') == 1
    assert re.search(rf'id="{field}-error">.*{said}', answer.text)
    assert answer.text.count('class="error"') == 1
    marked = re.search(rf'<(?:input|select)[^>]*id="{field}"[^>]*>', answer.text)[0]
    assert 'aria-invalid="true"' in marked
    assert f'{field}-error"' in marked


@pytest.mark.parametrize(
    ("part", "entered"),
    [
        ("price", {"price": "45,50"}),
        ("face_value", {"face_value": ""}),
        ("face_value", {"face_value": "50"}),
        ("tickets", ANY),
        ("tickets", ANY | {"seats": "4-5", "quantity": "2"}),
        ("start", {"starts_at": "2027-03-14T20:00", "country": "DE"}),
        # Which clock it is in a country with several will be known later.
        ("start", {"starts_at": "2020-01-01T20:00", "country": "US"}),
        ("start", {"starts_at": "2020-01-01T20:00", "country": "DE", "timezone": "x"}),
    ],
)
def test_what_is_right_and_what_is_missing_elsewhere_is_not_mentioned(app, part, entered):
    answer = app.test_client().get(f"/sell/check/{part}", query_string=entered, headers=HTMX)
    assert answer.status_code == 200
    assert "error" not in answer.text


def test_only_what_is_judged_while_one_types_has_an_address(app):
    assert app.test_client().get("/sell/check/title").status_code == 404


@pytest.mark.parametrize("price", [" ", "0", "0,10"])
def test_a_price_that_cannot_be_is_refused_when_it_is_sent(as_seller, event, listings, price):
    answer = as_seller.post("/sell", data=TICKETS | {"event": event.slug, "price": price})
    assert answer.status_code == 422
    assert 'id="price-error"' in answer.text
    assert listings() == []


# Editing and withdrawing


def test_seats_of_another_offer_are_refused_and_what_was_entered_stays(
    as_seller, listing, event, listings
):
    as_seller.post("/sell", data=TICKETS | {"event": event.slug})
    both = form_of(listing, seats="1-4", price="99")

    answer = as_seller.post(f"/listings/{listing.id}/edit", data=both)
    assert answer.status_code == 409
    assert re.search(r'id="seats-error"><svg.*?</svg>[^<]*seat 4 for this event', answer.text)
    assert 'value="1-4"' in answer.text
    assert 'value="99"' in answer.text
    assert listings()[0].price_cents == 4500


def test_the_form_shows_the_offer_and_saves_changes(as_seller, listing, listings):
    page = as_seller.get(f"/listings/{listing.id}/edit").text
    assert 'value="45.00"' in page
    assert "1\N{EN DASH}2" in page

    answer = as_seller.post(f"/listings/{listing.id}/edit", data=form_of(listing, price="39"))
    assert answer.status_code == 303
    assert (listings()[0].price_cents, listings()[0].version) == (3900, 2)


def test_a_stale_form_is_refused_and_shows_what_is_so_now(as_seller, listing, listings):
    stale = form_of(listing, price="99")
    as_seller.post(f"/listings/{listing.id}/edit", data=form_of(listing, price="39"))

    answer = as_seller.post(f"/listings/{listing.id}/edit", data=stale)
    assert answer.status_code == 409
    assert 'value="39.00"' in answer.text
    assert 'name="version" type="hidden" value="2"' in answer.text
    assert listings()[0].price_cents == 3900


def test_while_a_buyer_pays_the_deal_is_greyed_and_refused(as_seller, listing, reserved, listings):
    page = as_seller.get(f"/listings/{listing.id}/edit").text
    assert "(Berlin time)" in page
    assert "disabled" in page

    changed = form_of(listing, price="99", seats="2")
    answer = as_seller.post(f"/listings/{listing.id}/edit", data=changed)
    assert answer.status_code == 409
    assert "until" in answer.text
    withdrawal = f"/listings/{listing.id}/withdrawal"
    assert as_seller.post(withdrawal, data={"version": 1}).status_code == 409
    assert (listings()[0].price_cents, listings()[0].status) == (4500, ListingStatus.ACTIVE)


@pytest.mark.parametrize("quantity", [1, 2])
def test_what_is_said_is_saved_while_a_buyer_pays_and_when_all_is_sold(
    as_seller, listing, listings, buyer, quantity
):
    with transaction():
        order = reservation.reserve(listing.id, buyer.id, quantity, version=1)
    address = f"/listings/{listing.id}"
    said = {"version": 1, "handover_method": "transfer", "notes": "Side entrance"}
    page = as_seller.get(f"{address}/edit").text
    assert f'action="{address}/description"' in page
    assert 'value="1\N{EN DASH}2"' in page, "held seats are shown too"
    assert as_seller.post(f"{address}/description", data=said).status_code == 303
    assert listings()[0].notes == "Side entrance"

    with transaction():
        inventory.sell(order.id)
    stays = quantity == 2
    assert (f'action="{address}/description"' in as_seller.get(f"{address}/edit").text) == stays
    said |= {"version": 2, "notes": "x" * 501}
    assert as_seller.post(f"{address}/description", data=said).status_code == 422
    assert listings()[0].notes == "Side entrance"


def test_a_form_from_before_a_sale_is_refused_and_shows_what_is_left(
    as_seller, listing, listings, buyer
):
    before = form_of(listing, price="39")
    with transaction():
        order = reservation.reserve(listing.id, buyer.id, 1, version=1)
    with transaction():
        inventory.sell(order.id)
    answer = as_seller.post(f"/listings/{listing.id}/edit", data=before)
    assert answer.status_code == 409
    assert "sold meanwhile" in answer.text
    assert 'name="seats" type="text" value="2"' in answer.text
    assert inventory.available_count(listing.id) == 1


def test_withdrawing_takes_the_offer_off_the_market(as_seller, listing, listings):
    withdrawal = f"/listings/{listing.id}/withdrawal"
    assert as_seller.post(withdrawal, data={"version": 1}).location == "/selling"
    assert listings()[0].status == ListingStatus.WITHDRAWN
    assert as_seller.post(withdrawal, data={"version": 1}).status_code == 303
    assert "withdrawn" in as_seller.get(f"/listings/{listing.id}/edit").text


@pytest.mark.parametrize("version", ["", "x", "0", "2"])
def test_a_withdrawal_of_another_version_is_refused(as_seller, listing, listings, version):
    answer = as_seller.post(f"/listings/{listing.id}/withdrawal", data={"version": version})
    assert answer.status_code == 409
    assert listings()[0].status == ListingStatus.ACTIVE


# Doors


def test_for_a_stranger_the_offer_does_not_exist(as_stranger, listing, listings):
    for page in (f"/listings/{listing.id}/edit", "/listings/999/edit"):
        assert as_stranger.get(page).status_code == 404
        assert as_stranger.post(page, data=form_of(listing, price="1")).status_code == 404
    withdrawal = f"/listings/{listing.id}/withdrawal"
    assert as_stranger.post(withdrawal, data={"version": 1}).status_code == 404
    assert (listings()[0].price_cents, listings()[0].version) == (4500, 1)


def test_who_is_signed_out_is_sent_to_sign_in_and_changes_nothing(app, listing, listings):
    client = app.test_client()
    edit, withdrawal = f"/listings/{listing.id}/edit", f"/listings/{listing.id}/withdrawal"
    for answer in (
        client.get("/sell"),
        client.get(edit),
        client.post("/sell", data=TICKETS),
        client.post(edit, data=form_of(listing, price="1")),
        client.post(withdrawal, data={"version": 1}),
    ):
        assert answer.status_code == 303
        assert answer.location.startswith("/signin")
    assert (listings()[0].price_cents, listings()[0].version) == (4500, 1)
