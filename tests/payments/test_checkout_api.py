"""Programs pay: from the reservation to the tickets, against the simulator."""

import pytest

from app import schedule
from app.api import idempotency
from app.orders.models import OrderStatus
from tests.races.over_http.conftest import all_at_once
from tests.support.programs import Program, kind_of

KEY = {idempotency.HEADER: "8e03978e-40d5-43e8-bc93-6894a57f9324"}


@pytest.fixture
def program(app, buyer):
    return Program(app, buyer)


@pytest.fixture
def paying(program, listing, stripe):
    """The address below which the buyer's program pays its new order."""
    answer = program.post("/orders", {"listing_id": listing.id, "quantity": 2})
    assert answer.status_code == 201
    return f"/orders/{answer.json['id']}"


def test_a_program_buys_tickets_from_the_search_to_the_seats(program, listing, stripe):
    ordered = program.post(
        "/orders",
        {"listing_id": listing.id, "quantity": 2, "listing_version": listing.version},
        headers=KEY,
    )
    address = ordered.headers["Location"].removeprefix("/api/v1")
    answer = program.post(f"{address}/checkout", headers={idempotency.HEADER: "pay"})
    assert answer.status_code == 200
    [(session_id, session)] = stripe.objects("checkout.session").items()
    assert answer.json == {"checkout_url": session["url"]}
    assert session["amount_total"] == ordered.json["total_cents"]

    assert stripe.pay(session_id) == "paid"
    assert program.get(address).json["status"] == "awaiting_payment"
    for _ in ("fetch what no webhook brought", "settle"):
        schedule.run("follow-up")
    order = program.get(address).json
    assert order["status"] == "completed"
    assert [ticket["seat"] for ticket in order["tickets"]] == ["1", "2"]
    assert order["handover"]["seller"] == "Seller"
    assert [(step["to"], step["actor"]) for step in order["timeline"]] == [
        ("awaiting_payment", "buyer"),
        ("completed", "stripe"),
    ]
    assert [each["status"] for each in program.get("/orders").json["items"]] == ["completed"]


def test_the_same_page_is_given_as_long_as_it_is_open(program, paying, stripe):
    answers = [program.post(f"{paying}/checkout") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json == answers[1].json
    assert len(stripe.objects("checkout.session")) == 1


def test_it_is_the_page_that_a_browser_is_sent_to(program, paying, as_user, buyer):
    url = program.post(f"{paying}/checkout").json["checkout_url"]
    assert as_user(buyer).post(f"{paying}/checkout").location == url


def test_an_order_of_somebody_else_is_not_found(app, seller, rival, admin, paying, stripe):
    for somebody in (seller, rival, admin):
        answer = Program(app, somebody).post(f"{paying}/checkout")
        assert (answer.status_code, kind_of(answer)) == (404, "not-found")
    assert Program(app).post(f"{paying}/checkout").status_code == 401
    assert stripe.requests() == []


@pytest.mark.parametrize(
    "sent", [{"amount": 1}, {"success_url": "https://evil.example"}, {"id": "x"}]
)
def test_nothing_about_a_payment_can_be_chosen(program, paying, stripe, sent):
    answer = program.post(f"{paying}/checkout", sent)
    assert (answer.status_code, kind_of(answer)) == (422, "not-as-described")
    assert stripe.requests() == []
    assert program.post(f"{paying}/checkout", {}).status_code == 200


def test_what_is_over_is_not_paid(program, paying, stripe):
    program.delete(paying)
    answer = program.post(f"{paying}/checkout")
    assert (answer.status_code, kind_of(answer)) == (409, "nothing-to-pay")
    assert stripe.requests() == []


def test_the_late_are_told_so(app, buyer, paying, stripe, later):
    for late in (14.5, 16):
        later(minutes=late)
        answer = Program(app, buyer).post(f"{paying}/checkout")
        assert (answer.status_code, kind_of(answer)) == (409, "too-late-to-pay")
    assert stripe.requests() == []


def test_who_has_paid_already_is_sent_to_no_page(program, paying, stripe):
    program.post(f"{paying}/checkout")
    [session_id] = stripe.objects("checkout.session")
    stripe.pay(session_id)
    answer = program.post(f"{paying}/checkout")
    assert (answer.status_code, kind_of(answer)) == (409, "nothing-to-pay")
    assert program.get(paying).json["status"] == OrderStatus.COMPLETED


def test_who_cancels_with_an_open_page_waits_for_stripe_to_shut_it(program, paying, stripe):
    program.post(f"{paying}/checkout")
    answer = program.delete(paying)
    assert (answer.status_code, answer.json["status"]) == (202, "closing")
    assert program.post(f"{paying}/checkout").status_code == 409
    schedule.run("follow-up")
    order = program.get(paying).json
    assert (order["status"], order["cancel_reason"]) == ("cancelled", "buyer")
    assert program.delete(paying).status_code == 204
    [session] = stripe.objects("checkout.session").values()
    assert session["status"] == "expired"


# With a key


def test_a_repeated_checkout_asks_stripe_for_nothing(program, paying, stripe):
    first = program.post(f"{paying}/checkout", headers=KEY)
    asked = len(stripe.requests())
    again = program.post(f"{paying}/checkout", headers=KEY)
    assert again.headers[idempotency.REPLAYED] == "true"
    assert (again.status, again.data) == (first.status, first.data)
    assert again.headers["Content-Type"] == first.headers["Content-Type"]
    assert len(stripe.requests()) == asked


def test_a_checkout_while_stripe_is_away_can_be_repeated_with_its_key(program, paying, stripe):
    stripe.fail("500", path="/v1/checkout/sessions")
    answer = program.post(f"{paying}/checkout", headers=KEY)
    assert (answer.status_code, kind_of(answer)) == (503, "unavailable")
    assert "Nothing was charged" in answer.json["detail"]
    assert int(answer.headers["Retry-After"]) > 0
    again = program.post(f"{paying}/checkout", headers=KEY)
    assert (again.status_code, idempotency.REPLAYED in again.headers) == (200, False)


def test_a_checkout_that_was_refused_is_refused_again(program, paying, stripe):
    program.delete(paying)
    first, again = (program.post(f"{paying}/checkout", headers=KEY) for _ in range(2))
    assert (again.status_code, again.data) == (409, first.data)
    assert again.headers[idempotency.REPLAYED] == "true"


def test_a_key_of_one_order_pays_no_other(program, paying, offer, stripe):
    program.post(f"{paying}/checkout", headers=KEY)
    answer = program.post(f"/orders/{'x' * 22}/checkout", headers=KEY)
    assert (answer.status_code, kind_of(answer)) == (422, "key-used-for-another")


def test_a_crash_at_stripe_leaves_one_page_for_the_order(
    app, buyer, program, paying, stripe, monkeypatch, later
):
    class Crash(BaseException):
        """The process ends here."""

    def crash(*_args):
        raise Crash

    monkeypatch.setattr(idempotency, "keep", crash)
    with pytest.raises(Crash):
        program.post(f"{paying}/checkout", headers=KEY)
    monkeypatch.undo()
    assert kind_of(program.post(f"{paying}/checkout", headers=KEY)) == "key-in-use"
    later(seconds=61)
    answer = program.post(f"{paying}/checkout", headers=KEY)
    [session] = stripe.objects("checkout.session").values()
    assert answer.json == {"checkout_url": session["url"]}


def test_many_clicks_at_once_with_one_key_ask_stripe_once(app, buyer, paying, stripe):
    answers = _clicks(app, buyer, paying, [KEY] * 12)
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert {kind_of(answer) for answer in answers if answer.status_code == 409} <= {"key-in-use"}
    [session] = stripe.objects("checkout.session").values()
    urls = {answer.json["checkout_url"] for answer in answers if answer.status_code == 200}
    assert urls == {session["url"]}
    assert len(stripe.requests()) == 1


def test_control_with_a_key_each_they_ask_more_often(app, buyer, paying, stripe):
    keys = [{idempotency.HEADER: str(number)} for number in range(12)]
    answers = _clicks(app, buyer, paying, keys)
    [session] = stripe.objects("checkout.session").values()
    assert {answer.json["checkout_url"] for answer in answers} == {session["url"]}
    assert len(stripe.requests()) > 1


def _clicks(app, buyer, paying, keys):
    """What a program is answered that asks for the checkout with all these keys at once."""
    signed_in = Program(app, buyer).headers
    return all_at_once(
        [
            lambda key=key: Program(app).post(f"{paying}/checkout", headers=signed_in | key)
            for key in keys
        ]
    )
