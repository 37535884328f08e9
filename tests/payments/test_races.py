"""Settlers, closers and tabs at the same moment, in real threads, on both databases."""

import contextlib
import threading

import pytest
from sqlalchemy import select

from app import invariants
from app.db import db
from app.orders import expiry
from app.orders.models import OrderStatus
from app.payments import checkout, closing, settlement
from app.payments.models import CheckoutAttempt
from app.payments.settlement import settle


@pytest.fixture
def at_once(app):
    """Runs all calls in threads of their own, let loose together. What they raised."""

    def run(*calls):
        raised = []
        gate = threading.Barrier(len(calls))
        db.session.remove()

        def work(call):
            with app.app_context():
                gate.wait()
                try:
                    call()
                except Exception as error:
                    raised.append(error)

        threads = [threading.Thread(target=work, args=(call,)) for call in calls]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        return raised

    return run


def timeline_of(order):
    return [entry.to_status for entry in order.timeline]


def test_eight_settlers_complete_an_order_once(stripe, begun, order_of, at_once):
    order_id, session_id = begun()
    stripe.pay(session_id)
    assert at_once(*[lambda: settle(session_id)] * 8) == []
    assert timeline_of(order_of(order_id)) == ["awaiting_payment", "completed"]
    assert invariants.broken() == {}


def test_payment_against_expiry_never_loses_money_or_tickets(
    stripe, begun, order_of, at_once, later
):
    order_id, session_id = begun()
    stripe.pay(session_id)
    later(minutes=18)
    calls = [lambda: settle(session_id), expiry.end_overdue, closing.finish_due]
    at_once(*calls * 3)
    closing.finish_due()
    assert order_of(order_id).status == OrderStatus.COMPLETED
    assert invariants.broken() == {}


def test_the_last_click_on_pay_against_the_closing_of_the_page(
    stripe, begun, order_of, at_once, later
):
    order_id, session_id = begun()
    later(minutes=18)
    expiry.end_overdue()
    outcomes = []
    at_once(
        lambda: outcomes.append(stripe.pay(session_id)),
        lambda: closing.finish(order_id),
    )
    later(minutes=25)
    closing.finish_due()
    paid = outcomes == ["paid"]
    assert order_of(order_id).status == (OrderStatus.COMPLETED if paid else OrderStatus.CANCELLED)
    assert invariants.broken() == {}


def test_many_tabs_of_one_checkout_share_one_page(stripe, reserved, at_once):
    order_id = reserved()
    urls = []
    raised = at_once(*[lambda: urls.append(checkout.start_checkout(order_id))] * 6)
    assert raised == []
    assert len(set(urls)) == 1
    assert len(stripe.objects("checkout.session")) == 1
    assert len(db.session.scalars(select(CheckoutAttempt.id)).all()) == 1


def test_the_lock_lets_one_settler_in_at_a_time(stripe, begun, at_once, monkeypatch):
    session_id = pay_with_a_gate_for_two(stripe, begun, monkeypatch)
    raised = at_once(*[lambda: settle(session_id)] * 2)
    assert {type(error) for error in raised} == {threading.BrokenBarrierError}


def test_without_the_lock_two_settlers_are_inside(stripe, begun, at_once, monkeypatch, database):
    """The negative control of the test above."""
    if database == "sqlite":
        monkeypatch.setattr(settlement, "transaction", contextlib.nullcontext)
    monkeypatch.setattr(settlement, "lock", lambda model, id: db.session.get_one(model, id))
    session_id = pay_with_a_gate_for_two(stripe, begun, monkeypatch, patience_seconds=10)
    raised = at_once(*[lambda: settle(session_id)] * 2)
    assert not any(isinstance(error, threading.BrokenBarrierError) for error in raised)


def pay_with_a_gate_for_two(stripe, begun, monkeypatch, patience_seconds=1.0):
    """A paid session whose settling waits, just before the attempt is marked, for a second one."""
    _, session_id = begun()
    stripe.pay(session_id)
    gate = threading.Barrier(2)
    mark_paid = settlement.mark_paid

    def wait_for_the_other(*facts):
        gate.wait(timeout=patience_seconds)
        mark_paid(*facts)

    monkeypatch.setattr(settlement, "mark_paid", wait_for_the_other)
    return session_id
