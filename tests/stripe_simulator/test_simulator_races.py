"""Two who want the same session at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest
import stripe
from simulator_cast import Buyer, Shop

from stripe_simulator import RunningSimulator, payments, sessions

ROUNDS = 15


def at_once(*actions: Callable[[], Any]) -> None:
    """Run all actions in threads that start together, and wait for them."""
    start = threading.Barrier(len(actions))

    def run(action: Callable[[], Any]) -> None:
        start.wait()
        action()

    threads = [threading.Thread(target=run, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def pay_against_expire(shop: Shop, buyer: Buyer) -> tuple[bool, bool]:
    """Whether the payment, and whether the expiry, was told that it had won."""
    session = shop.open_session()
    paid: list[bool] = []
    expired: list[bool] = []

    def expire() -> None:
        try:
            shop.v1.checkout.sessions.expire(session.id)
            expired.append(True)
        except stripe.InvalidRequestError:
            expired.append(False)

    at_once(lambda: paid.append(buyer.pays(session).status == 303), expire)
    return paid[0], expired[0]


def test_either_the_payment_or_the_expiry_wins(shop: Shop, buyer: Buyer) -> None:
    for _ in range(ROUNDS):
        paid, expired = pay_against_expire(shop, buyer)
        assert paid != expired
    types = shop.event_types()
    assert types.count("charge.succeeded") == types.count("checkout.session.completed")
    assert types.count("charge.succeeded") + types.count("checkout.session.expired") == ROUNDS


def test_without_the_lock_both_would_win(
    shop: Shop, buyer: Buyer, simulator: RunningSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: it shows that the test above can fail."""
    both_looked = threading.Barrier(2)
    look = sessions.get

    def look_together(*arguments: Any) -> dict[str, Any]:
        session = look(*arguments)
        if threading.current_thread().name in racing:
            racing.remove(threading.current_thread().name)
            both_looked.wait(timeout=20)
        return session

    racing: set[str] = set()

    def pay(*arguments: Any) -> Any:
        racing.add(threading.current_thread().name)
        return really_pay(*arguments)

    def expire(*arguments: Any) -> Any:
        racing.add(threading.current_thread().name)
        return really_expire(simulator.simulator, {}, session.id)

    really_pay, really_expire = payments.pay_by_card, sessions.expire
    session = shop.open_session()
    monkeypatch.setattr(simulator.simulator.store, "transaction", nullcontext)
    monkeypatch.setattr(sessions, "get", look_together)
    monkeypatch.setattr(payments, "pay_by_card", pay)

    at_once(lambda: buyer.pays(session), expire)

    types = shop.event_types()
    assert "charge.succeeded" in types
    assert "checkout.session.expired" in types


def test_a_double_click_pays_once(shop: Shop, buyer: Buyer) -> None:
    for _ in range(ROUNDS):
        session = shop.open_session()
        at_once(lambda: buyer.pays(session), lambda: buyer.pays(session))  # noqa: B023 (joined)
    assert shop.event_types().count("charge.succeeded") == ROUNDS


def test_two_refunds_at_once_return_the_money_once(shop: Shop, paid: Any) -> None:
    def refund() -> None:
        try:
            shop.v1.refunds.create({"payment_intent": paid.payment_intent.id})
        except stripe.InvalidRequestError as refused:
            assert refused.code == "charge_already_refunded"  # noqa: PT017 (either may win)

    at_once(refund, refund, refund)
    assert len(shop.v1.refunds.list().data) == 1


def test_two_tabs_with_one_key_get_one_session(shop: Shop) -> None:
    answers: list[Any] = []

    def create() -> None:
        try:
            answers.append(shop.open_session(key="k").id)
        except stripe.APIError as in_flight:
            answers.append(in_flight.http_status)

    at_once(*[create] * 4)
    assert len(shop.v1.checkout.sessions.list().data) == 1
    assert len({answer for answer in answers if answer != 409}) == 1
