"""Requests with an Idempotency-Key: sent again they have no second effect and the same answer."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from app import clock
from app.api import idempotency
from app.api.models import IdempotentRequest
from app.errors import Unavailable
from app.listings.models import Ticket, TicketStatus
from app.orders import api, expiry, reservation
from app.orders.models import Order, OrderStatus
from tests.support.programs import Program, kind_of

KEY = {idempotency.HEADER: "8e03978e-40d5-43e8-bc93-6894a57f9324"}


class Crash(BaseException):
    """The process ends here: nobody handles it, and nothing is tidied up."""


@pytest.fixture
def program(app, buyer):
    return Program(app, buyer)


@pytest.fixture
def wanted(offer):
    """One of six tickets."""
    return {"listing_id": offer(tickets=6).id, "quantity": 1}


@pytest.fixture
def order(program, wanted):
    """Reserves with the key."""
    return lambda by=program, **change: by.post("/orders", wanted | change, headers=KEY)


@pytest.fixture
def orders(db):
    """How many orders there are."""

    def count():
        db.session.rollback()
        number = db.session.query(Order).count()
        unpaid = db.session.query(Order).filter_by(status=OrderStatus.AWAITING_PAYMENT).count()
        held = db.session.query(Ticket).filter_by(status=TicketStatus.HELD).count()
        db.session.rollback()
        assert held == unpaid, "each is of one ticket"
        return number

    return count


@pytest.fixture
def keys(db):
    """How many keys are known."""

    def count():
        db.session.rollback()
        number = db.session.query(IdempotentRequest).count()
        db.session.rollback()
        return number

    return count


@pytest.fixture
def fails(monkeypatch):
    """The next reservation meets this, before or in its transaction: `fails(error, "reserve")`."""

    def arrange(error, name="reserve"):
        original = getattr(reservation, name)

        def failing(*args):
            monkeypatch.setattr(reservation, name, original)
            raise error

        monkeypatch.setattr(reservation, name, failing)

    return arrange


def is_replayed(answer):
    return answer.headers.get(idempotency.REPLAYED) == "true"


# The same again


def test_a_repeated_request_has_one_effect_and_one_answer(order, orders):
    first, *again = [order() for _ in range(3)]
    assert first.status_code == 201
    assert not is_replayed(first)
    for answer in again:
        assert is_replayed(answer)
        assert (answer.status, answer.data) == (first.status, first.data)
        for name in ("Content-Type", "Location", "Cache-Control"):
            assert answer.headers[name] == first.headers[name]
    assert orders() == 1


def test_without_a_key_every_request_is_one_of_its_own(program, wanted, orders, keys):
    answers = [program.post("/orders", wanted) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert not any(map(is_replayed, answers))
    assert (orders(), keys()) == (2, 0)


def test_the_answer_stays_what_it_was_whatever_became_of_the_order(program, order):
    first = order()
    program.delete(f"/orders/{first.json['id']}")
    again = order()
    assert again.json["status"] == "awaiting_payment"
    assert again.data == first.data


def test_a_refusal_is_kept_because_it_was_true(program, order, wanted, orders):
    ids = [program.post("/orders", wanted).json["id"] for _ in range(4)]
    first = order()
    assert (first.status_code, kind_of(first)) == (409, "too-many-unpaid-orders")
    program.delete(f"/orders/{ids[0]}")
    again = order()
    assert is_replayed(again)
    assert again.mimetype == "application/problem+json"
    assert (again.status, again.data) == (first.status, first.data)
    assert orders() == 4


def test_what_is_not_found_is_kept_too(program, buyer):
    path = f"/orders/{'x' * 22}/checkout"
    first, again = (program.post(path, headers=KEY) for _ in range(2))
    assert (first.status_code, kind_of(again)) == (404, "not-found")
    assert (is_replayed(first), is_replayed(again)) == (False, True)
    assert first.data == again.data


def test_a_repeated_request_in_another_language_gets_the_answer_as_it_was(program, wanted, order):
    first = order(quantity=7)
    again = program.post(
        "/orders", wanted | {"quantity": 7}, headers=KEY | {"Accept-Language": "de"}
    )
    assert first.data == again.data


# Another request


def test_a_key_belongs_to_one_request(program, order, orders):
    first = order()
    for answer in (
        order(quantity=2),
        order(listing_version=1),
        program.post(f"/orders/{first.json['id']}/checkout", headers=KEY),
    ):
        assert (answer.status_code, kind_of(answer)) == (422, "key-used-for-another")
    assert order().data == first.data
    assert orders() == 1


def test_a_key_of_one_user_is_nothing_to_another(app, rival, order, orders):
    mine = order()
    theirs = order(Program(app, rival))
    assert (theirs.status_code, is_replayed(theirs)) == (201, False)
    assert theirs.json["id"] != mine.json["id"]
    assert orders() == 2


def test_what_could_not_be_read_leaves_the_key_free(order, orders, keys):
    for change in ({"quantity": 0}, {"price_cents": 1}, {"listing_id": None}):
        assert order(**change).status_code == 422
    assert keys() == 0
    assert order().status_code == 201
    assert orders() == 1


def test_without_a_token_no_key_is_looked_at(app, order, keys):
    order()
    answer = order(Program(app))
    assert (answer.status_code, is_replayed(answer)) == (401, False)
    assert keys() == 1


@pytest.mark.parametrize("key", ["", "x" * 256, "é", "a\tb"], ids=["none", "long", "é", "tab"])
def test_what_is_no_key_is_refused(program, wanted, orders, keys, key):
    answer = program.post("/orders", wanted, headers={idempotency.HEADER: key})
    assert (answer.status_code, kind_of(answer)) == (422, "invalid")
    assert (orders(), keys()) == (0, 0)


@pytest.mark.parametrize("key", ["x", "x" * 255, '"8e03978e"', "with spaces, and more"])
def test_any_visible_text_is_a_key(program, wanted, key, orders):
    for _ in range(2):
        assert program.post("/orders", wanted, headers={idempotency.HEADER: key}).status_code == 201
    assert orders() == 1


# A day


def test_a_key_is_kept_for_a_day(app, buyer, order, later, orders):
    first = order()
    later(hours=23, minutes=59)
    again = order(Program(app, buyer))
    assert is_replayed(again)
    assert again.data == first.data
    later(days=1, seconds=30)
    new = order(Program(app, buyer))
    assert (new.status_code, is_replayed(new)) == (201, False)
    assert new.json["id"] != first.json["id"]
    assert is_replayed(order(Program(app, buyer)))
    assert orders() == 2


def test_old_keys_are_forgotten(order, later, keys):
    order()
    later(hours=23, minutes=59)
    assert (idempotency.forget_old(), keys()) == (0, 1)
    later(days=1, seconds=30)
    assert (idempotency.forget_old(), keys()) == (1, 0)


# Failures of ours


def test_what_failed_on_our_side_is_forgotten(order, fails, orders, keys):
    for name in ("refuse_if_hopeless", "reserve"):
        fails(RuntimeError("a mistake of ours"), name)
        with pytest.raises(RuntimeError):
            order()
        assert (orders(), keys()) == (0, 0)
    assert (order().status_code, orders()) == (201, 1)


@pytest.mark.parametrize("error", [OperationalError("x", {}, Exception()), Unavailable("Later.")])
def test_what_is_away_for_a_while_is_forgotten(order, fails, orders, keys, error):
    fails(error)
    answer = order()
    assert answer.status_code == 503
    assert "Retry-After" in answer.headers
    assert (orders(), keys()) == (0, 0)
    again = order()
    assert (again.status_code, is_replayed(again)) == (201, False)


def test_a_key_that_cannot_be_forgotten_hides_no_failure(order, monkeypatch, later, orders):
    def fail(*_args):
        monkeypatch.setattr(idempotency, "delete", fail)
        raise OperationalError("x", {}, Exception())

    monkeypatch.setattr(reservation, "reserve", fail)
    assert order().status_code == 503
    monkeypatch.undo()
    assert kind_of(order()) == "key-in-use"
    later(seconds=61)
    assert (order().status_code, orders()) == (201, 1)


# At the same time


def test_while_the_first_is_answered_the_second_waits_its_turn(order, monkeypatch, orders):
    meanwhile = []
    look = reservation.refuse_if_hopeless

    def look_and_meet(*args):
        monkeypatch.setattr(reservation, "refuse_if_hopeless", look)
        meanwhile.append(order())
        meanwhile.append(order(quantity=2))
        return look(*args)

    monkeypatch.setattr(reservation, "refuse_if_hopeless", look_and_meet)
    first = order()
    assert first.status_code == 201
    same, other = meanwhile
    assert (same.status_code, kind_of(same)) == (409, "key-in-use")
    assert int(same.headers["Retry-After"]) > 0
    assert kind_of(other) == "key-used-for-another"
    assert order().data == first.data
    assert orders() == 1


# Crashes


def test_a_crash_before_the_effect_leaves_the_key_to_whoever_comes_after_the_lease(
    order, fails, later, orders
):
    fails(Crash())
    with pytest.raises(Crash):
        order()
    answer = order()
    assert (answer.status_code, kind_of(answer)) == (409, "key-in-use")
    later(seconds=61)
    assert (order().status_code, orders()) == (201, 1)
    assert is_replayed(order())


@pytest.fixture
def crash_after_the_commit(monkeypatch):
    def crash(*_args):
        monkeypatch.setattr(expiry, "set_alarm", alarm)
        raise Crash

    alarm = expiry.set_alarm
    monkeypatch.setattr(expiry, "set_alarm", crash)


def test_a_crash_after_the_effect_loses_no_answer(order, crash_after_the_commit, orders, later):
    with pytest.raises(Crash):
        order()
    assert orders() == 1
    for seconds in (0, 61):
        later(seconds=seconds)
        answer = order()
        assert (answer.status_code, is_replayed(answer)) == (201, True)
    assert orders() == 1


def test_control_an_answer_that_is_stored_later_is_lost_in_a_crash(
    order, crash_after_the_commit, orders, later, monkeypatch
):
    monkeypatch.setattr(api, "kept", lambda answer: answer)
    with pytest.raises(Crash):
        order()
    assert kind_of(order()) == "key-in-use"
    later(seconds=61)
    assert not is_replayed(order())
    assert orders() == 2


@pytest.fixture
def slow_first(order, monkeypatch, later):
    """The first request takes longer than its lease, and a second one is answered meanwhile."""

    def play():
        answers = []
        look = reservation.refuse_if_hopeless

        def look_for_a_minute(*args):
            monkeypatch.setattr(reservation, "refuse_if_hopeless", look)
            later(seconds=61)
            answers.append(order())
            return look(*args)

        monkeypatch.setattr(reservation, "refuse_if_hopeless", look_for_a_minute)
        return [order(), *answers]

    return play


def test_who_outlives_their_lease_finds_the_key_taken_and_orders_nothing(slow_first, order, orders):
    first, second = slow_first()
    assert (first.status_code, kind_of(first)) == (409, "key-in-use")
    assert second.status_code == 201
    assert order().data == second.data
    assert orders() == 1


def test_control_a_claim_that_nobody_checks_lets_both_order(slow_first, orders, monkeypatch):
    monkeypatch.setattr(api, "kept", lambda answer: answer)
    slow_first()
    assert orders() == 2


def test_a_failure_that_comes_too_late_takes_no_key_away_from_another(
    order, monkeypatch, later, orders
):
    def fail_after_a_minute(*_args):
        monkeypatch.undo()
        moment = clock.now() + timedelta(seconds=61)
        monkeypatch.setattr(clock, "now", lambda: moment)
        assert order().status_code == 201
        raise Unavailable("Later.")

    monkeypatch.setattr(reservation, "refuse_if_hopeless", fail_after_a_minute)
    assert order().status_code == 503
    assert is_replayed(order())
    assert orders() == 1
