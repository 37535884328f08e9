"""Programs reserve tickets, look at their orders and give tickets back."""

from datetime import UTC, datetime

import pytest

from app import clock
from app.db import lock, transaction
from app.listings.models import Listing
from app.orders import cancellation
from app.orders.models import Actor, Order
from tests.support.programs import Program, kind_of, places_of


@pytest.fixture
def program(app, buyer):
    return Program(app, buyer)


@pytest.fixture
def ordered(program, listing):
    """What the buyer's program was answered when it reserved two tickets."""
    answer = program.post("/orders", {"listing_id": listing.id, "quantity": 2})
    assert answer.status_code == 201, answer.text
    return answer.json


def orders_in(db):
    db.session.rollback()
    return db.session.query(Order).count()


def the_order(db):
    """The only one, as it is now."""
    db.session.rollback()
    return db.session.query(Order).one()


# Reserving


def test_reserving_answers_the_order_and_where_it_is(program, listing, event, statuses):
    answer = program.post("/orders", {"listing_id": listing.id, "quantity": 2})
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/v1/orders/{answer.json['id']}"
    changing = {"id": "", "created_at": "", "expires_at": "", "timeline": []}
    assert answer.json | changing == {
        "status": "awaiting_payment",
        "listing_id": listing.id,
        "event": {
            "id": event.id,
            "title": "Blur",
            "starts_at": event.starts_at.isoformat().replace("+00:00", "Z"),
            "venue": "Lichthof",
            "city": "Leipzig",
        },
        "quantity": 2,
        "unit_price_cents": 4500,
        "fee_cents": 450,
        "total_cents": 9450,
        "currency": "EUR",
        "cancel_reason": None,
        "payment_is_checked": False,
        "tickets": [
            {"section": None, "row": None, "seat": "1"},
            {"section": None, "row": None, "seat": "2"},
        ],
        "handover": None,
        **changing,
    }
    [step] = answer.json["timeline"]
    assert step | {"at": ""} == {
        "from": None,
        "to": "awaiting_payment",
        "actor": "buyer",
        "reason": None,
        "at": "",
    }
    assert statuses(listing) == ["held", "held"]


def test_what_was_answered_is_what_is_read_at_its_address(program, ordered):
    answer = program.get(f"/orders/{ordered['id']}")
    assert (answer.status_code, answer.json) == (200, ordered)


def test_times_are_in_utc_and_lie_a_quarter_of_an_hour_apart(ordered):
    created, expires = (
        datetime.fromisoformat(ordered[f"{name}_at"]) for name in ("created", "expires")
    )
    assert created.tzinfo == expires.tzinfo == UTC
    assert abs((expires - created).total_seconds() - 900) < 5


def test_a_reservation_by_a_program_is_the_one_on_the_page(as_user, buyer, ordered):
    page = as_user(buyer).get(f"/orders/{ordered['id']}")
    assert page.status_code == 200
    assert "Buy now and pay" in page.text


def test_without_a_version_the_present_one_is_meant(program, listing, db):
    _change_price(listing)
    answer = program.post("/orders", {"listing_id": listing.id, "quantity": 1})
    assert (answer.status_code, answer.json["unit_price_cents"]) == (201, 5000)


def test_another_version_than_the_present_one_is_refused(program, listing, db):
    _change_price(listing)
    for version in (1, 3):
        wanted = {"listing_id": listing.id, "quantity": 1, "listing_version": version}
        answer = program.post("/orders", wanted)
        assert (answer.status_code, kind_of(answer)) == (409, "offer-changed")
    wanted["listing_version"] = 2
    assert program.post("/orders", wanted).status_code == 201


def test_a_withdrawn_offer_is_refused(program, offer):
    answer = program.post("/orders", {"listing_id": offer(status="withdrawn").id, "quantity": 1})
    assert (answer.status_code, kind_of(answer)) == (409, "offer-changed")


def test_who_is_late_is_told_that_somebody_was_faster(program, listing, reserve, rival):
    reserve(2, by=rival)
    answer = program.post("/orders", {"listing_id": listing.id, "quantity": 1})
    assert (answer.status_code, kind_of(answer)) == (409, "tickets-unavailable")


def test_four_unpaid_orders_are_the_limit(program, offer):
    wanted = {"listing_id": offer(tickets=5).id, "quantity": 1}
    for _ in range(4):
        assert program.post("/orders", wanted).status_code == 201
    answer = program.post("/orders", wanted)
    assert (answer.status_code, kind_of(answer)) == (409, "too-many-unpaid-orders")


def test_nobody_buys_their_own_tickets(app, seller, listing, db):
    answer = Program(app, seller).post("/orders", {"listing_id": listing.id, "quantity": 1})
    assert (answer.status_code, kind_of(answer)) == (403, "own-tickets")
    assert orders_in(db) == 0


def test_what_is_over_is_not_sold(app, buyer, listing, later):
    later(days=31)
    answer = Program(app, buyer).post("/orders", {"listing_id": listing.id, "quantity": 1})
    assert (answer.status_code, kind_of(answer)) == (409, "event-over")


def test_a_listing_that_does_not_exist_is_a_wrong_value(program):
    answer = program.post("/orders", {"listing_id": 4711, "quantity": 1})
    assert (answer.status_code, places_of(answer)) == (422, ["/listing_id"])


@pytest.mark.parametrize("quantity", [0, -1, 9, 10**30, "2", 1.5, True, None])
def test_a_number_that_is_none_of_tickets_is_refused_where_it_stands(program, listing, quantity):
    answer = program.post("/orders", {"listing_id": listing.id, "quantity": quantity})
    assert (answer.status_code, places_of(answer)) == (422, ["/quantity"])


def test_what_the_sellers_rule_does_not_allow_is_refused_where_it_stands(program, offer):
    listing_id = offer(tickets=4, split_rule="pairs").id
    answer = program.post("/orders", {"listing_id": listing_id, "quantity": 3})
    assert (answer.status_code, places_of(answer)) == (422, ["/quantity"])
    assert "pairs" in answer.json["detail"]


@pytest.mark.parametrize(
    ("change", "places"),
    [
        ({"listing_id": None}, ["/listing_id"]),
        ({"listing_id": "1"}, ["/listing_id"]),
        ({"listing_id": 0}, ["/listing_id"]),
        ({"listing_id": 2**63}, ["/listing_id"]),
        ({"listing_version": 0}, ["/listing_version"]),
        ({"listing_version": "1"}, ["/listing_version"]),
        ({"buyer_id": 1}, ["/buyer_id"]),
        ({"unit_price_cents": 1}, ["/unit_price_cents"]),
        ({"fee_cents": 0, "total_cents": 1}, ["/fee_cents", "/total_cents"]),
        ({"status": "completed"}, ["/status"]),
        ({"expires_at": "2099-01-01T00:00:00Z"}, ["/expires_at"]),
        ({"id": "mine"}, ["/id"]),
    ],
)
def test_owner_price_and_status_are_nobodys_to_choose(program, listing, db, change, places):
    answer = program.post("/orders", {"listing_id": listing.id, "quantity": 1} | change)
    assert (answer.status_code, sorted(places_of(answer))) == (422, places)
    assert orders_in(db) == 0


def test_without_a_token_nothing_is_reserved_or_told(app, listing, ordered, db):
    nobody = Program(app)
    address = f"/orders/{ordered['id']}"
    for answer in (
        nobody.post("/orders", {"listing_id": listing.id, "quantity": 1}),
        nobody.get("/orders"),
        nobody.get(address),
        nobody.delete(address),
    ):
        assert (answer.status_code, kind_of(answer)) == (401, "unauthenticated")
    assert orders_in(db) == 1


# One order


def test_an_order_is_its_buyers_alone(app, seller, rival, stranger, admin, ordered, db):
    address = f"/orders/{ordered['id']}"
    for somebody in (seller, rival, stranger, admin):
        other = Program(app, somebody)
        for answer in (other.get(address), other.delete(address)):
            assert (answer.status_code, kind_of(answer)) == (404, "not-found")
        assert other.get("/orders").json == {"items": [], "next_cursor": None}
    assert the_order(db).status == "awaiting_payment"


@pytest.mark.parametrize("public_id", ["1", "x" * 22, "x" * 65, "a-b", "%00", "%F0%9F%8E%9F"])
def test_what_is_no_order_is_not_found(program, ordered, public_id):
    for answer in (program.get(f"/orders/{public_id}"), program.delete(f"/orders/{public_id}")):
        assert (answer.status_code, kind_of(answer)) == (404, "not-found")


def test_the_row_number_of_an_order_is_no_address(program, ordered, db):
    number = the_order(db).id
    assert program.get(f"/orders/{number}").status_code == 404


def test_once_paid_it_says_how_the_tickets_come(program, offer, reserve, pay):
    notes = "Ask for Ada at the door."
    order = reserve(of=offer(handover_method="in_person", handover_notes=notes))
    address = f"/orders/{order.public_id}"
    assert program.get(address).json["handover"] is None
    assert notes not in program.get(address).text
    assert notes not in program.get("/orders").text
    pay(order)
    told = program.get(address).json
    assert told["status"] == "completed"
    assert told["handover"] == {"seller": "Seller", "method": "in_person", "notes": notes}
    assert [(step["from"], step["to"]) for step in told["timeline"]] == [
        (None, "awaiting_payment"),
        ("awaiting_payment", "completed"),
    ]


def test_seats_are_told_as_they_are_printed(program, offer):
    listing_id = offer(section="G", row="12").id
    answer = program.post("/orders", {"listing_id": listing_id, "quantity": 1})
    assert answer.json["tickets"] == [{"section": "G", "row": "12", "seat": "1"}]


def test_an_order_keeps_its_tickets_when_it_is_cancelled_and_others_have_them(
    program, rival, ordered, reserve
):
    program.delete(f"/orders/{ordered['id']}")
    reserve(2, by=rival)
    assert program.get(f"/orders/{ordered['id']}").json["tickets"] == ordered["tickets"]


@pytest.mark.parametrize(
    ("facts", "is_checked"),
    [
        ({}, False),
        ({"payment_unknown_since": "now"}, True),
        ({"incident": "wrong_amount"}, True),
        ({"status": "processing"}, True),
        ({"status": "closing", "cancel_reason": "buyer"}, True),
        ({"status": "completed"}, False),
        ({"status": "completed", "incident": "disputed"}, True),
    ],
    ids=str,
)
def test_it_says_when_there_is_nothing_to_do_but_wait(
    program, ordered, db, as_user, buyer, facts, is_checked
):
    order_id = the_order(db).id
    with transaction():
        order = lock(Order, order_id)
        for name, value in facts.items():
            setattr(order, name, clock.now() if value == "now" else value)
    told = program.get(f"/orders/{ordered['id']}").json
    assert told["payment_is_checked"] is is_checked
    page = as_user(buyer).get(f"/orders/{ordered['id']}").text
    assert ("being checked" in page or "operator is checking" in page) is is_checked


def test_what_has_run_out_is_not_being_checked_unless_a_checkout_began(
    app, buyer, ordered, begin_checkout, db, later
):
    later(minutes=16)
    program = Program(app, buyer)
    assert program.get("/orders").json["items"][0]["payment_is_checked"] is False
    begin_checkout(the_order(db))
    assert program.get("/orders").json["items"][0]["payment_is_checked"] is True


def test_the_same_order_is_not_sent_twice(program, ordered):
    address = f"/orders/{ordered['id']}"
    tag = program.get(address).headers["ETag"]
    unchanged = program.get(address, headers={"If-None-Match": tag})
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    program.delete(address)
    assert program.get(address, headers={"If-None-Match": tag}).status_code == 200


# Cancelling


def test_cancelling_gives_the_tickets_back(program, ordered, available, listing):
    answer = program.delete(f"/orders/{ordered['id']}")
    assert (answer.status_code, answer.data) == (204, b"")
    assert "Content-Type" not in answer.headers
    assert available(listing) == 2
    told = program.get(f"/orders/{ordered['id']}").json
    assert (told["status"], told["cancel_reason"]) == ("cancelled", "buyer")


def test_cancelling_twice_is_cancelling_once(program, ordered, told):
    for _ in range(2):
        assert program.delete(f"/orders/{ordered['id']}").status_code == 204
    assert told().count("order.cancelled") == 1


def test_once_a_checkout_began_stripe_is_asked_first(
    program, ordered, db, begin_checkout, listing, available
):
    begin_checkout(the_order(db))
    for _ in range(2):
        answer = program.delete(f"/orders/{ordered['id']}")
        assert answer.status_code == 202
        assert (answer.json["id"], answer.json["status"]) == (ordered["id"], "closing")
        assert answer.json["payment_is_checked"] is True
    assert answer.json == program.get(f"/orders/{ordered['id']}").json
    assert available(listing) == 0
    order_id = the_order(db).id
    with transaction():
        cancellation.finish(lock(Order, order_id))
    assert program.delete(f"/orders/{ordered['id']}").status_code == 204


@pytest.mark.parametrize("status", ["processing", "completed", "refunded"])
def test_what_is_paid_or_being_paid_is_not_cancelled(program, ordered, db, status):
    order_id = the_order(db).id
    with transaction():
        lock(Order, order_id).status = status
    answer = program.delete(f"/orders/{ordered['id']}")
    assert (answer.status_code, kind_of(answer)) == (409, "too-late-to-cancel")


# The list


@pytest.fixture
def five(buyer, offer, reserve):
    """The ids of five orders, the newest first; the first of them is cancelled."""
    listing = offer(tickets=5)
    orders = []
    for number in range(5):
        orders.append(reserve(of=listing))
        if not number:
            with transaction():
                cancellation.cancel(orders[0].id, actor=Actor.BUYER, reason="buyer")
    return [order.public_id for order in reversed(orders)]


def test_the_list_has_the_newest_first_page_after_page(program, five):
    seen, path, pages = [], "/orders?limit=2", 0
    while path:
        answer = program.get(path)
        assert answer.status_code == 200
        seen += [order["id"] for order in answer.json["items"]]
        cursor, link = answer.json["next_cursor"], answer.headers.get("Link")
        assert (cursor is None) == (link is None)
        path = link and link.partition(">")[0].partition("/api/v1")[2]
        pages += 1
    assert (seen, pages) == (five, 3)


def test_a_page_that_is_just_full_is_the_last(program, five):
    answer = program.get("/orders?limit=5")
    assert len(answer.json["items"]) == 5
    assert answer.json["next_cursor"] is None


def test_orders_of_the_same_moment_are_neither_lost_nor_twice(program, five, db):
    with transaction():
        db.session.query(Order).update({"created_at": clock.now()})
    first = program.get("/orders?limit=2").json
    second = program.get(f"/orders?limit=3&cursor={first['next_cursor']}").json
    assert [each["id"] for each in first["items"] + second["items"]] == five


def test_what_is_ordered_meanwhile_moves_no_page(program, five, offer):
    listing_id = offer().id
    first = program.get("/orders?limit=2").json
    program.delete(f"/orders/{five[1]}")
    assert program.post("/orders", {"listing_id": listing_id, "quantity": 1}).status_code == 201
    second = program.get(f"/orders?limit=2&cursor={first['next_cursor']}").json
    assert [order["id"] for order in second["items"]] == five[2:4]


def test_the_list_can_be_narrowed_to_a_status(program, five):
    cancelled = program.get("/orders?status=cancelled").json["items"]
    assert [order["id"] for order in cancelled] == five[4:]
    first = program.get("/orders?status=awaiting_payment&limit=3")
    assert "status=awaiting_payment" in first.headers["Link"]
    rest = program.get(f"/orders?status=awaiting_payment&cursor={first.json['next_cursor']}")
    assert [order["id"] for order in first.json["items"] + rest.json["items"]] == five[:4]


def test_an_order_in_the_list_is_the_one_at_its_address(program, five):
    [listed] = program.get("/orders?limit=1").json["items"]
    whole = program.get(f"/orders/{five[0]}").json
    assert listed == {name: whole[name] for name in listed}
    assert set(whole) - set(listed) == {"tickets", "handover", "timeline"}


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("status=paid", "status"),
        ("status=", "status"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=2.0", "limit"),
        ("cursor=", "cursor"),
        ("cursor=%00", "cursor"),
        ("cursor=1", "cursor"),
        ("cursor=" + "x" * 201, "cursor"),
        ("buyer_id=1", "buyer_id"),
        ("limit=1&limit=2", "limit"),
    ],
)
def test_what_the_list_does_not_know_is_refused(program, query, place):
    answer = program.get(f"/orders?{query}")
    assert (answer.status_code, places_of(answer)) == (422, [place])


def test_anothers_order_is_no_place_in_ones_own_list(app, rival, five):
    answer = Program(app, rival).get(f"/orders?cursor={five[0]}")
    assert (answer.status_code, places_of(answer)) == (422, ["cursor"])


def test_a_long_list_asks_the_database_no_more_often(program, five, statements):
    def asked(limit):
        with statements() as run:
            assert len(program.get(f"/orders?limit={limit}").json["items"]) == limit
        return len(run)

    assert asked(1) == asked(5)


# The words


def test_refusals_are_said_in_german(program, listing):
    german = {"Accept-Language": "de"}
    answer = program.post("/orders", {"listing_id": 4711, "quantity": 1}, headers=german)
    assert answer.json["detail"] == "Dieses Angebot gibt es nicht."


def _change_price(listing):
    with transaction():
        changed = lock(Listing, listing.id)
        changed.price_cents, changed.version = 5000, changed.version + 1
