"""Asking Stripe again about a settled payment, of which it knows more than we do."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import select

from app.db import db, lock, transaction
from app.orders.models import Order
from app.payments.models import CheckoutAttempt

Answer = TypeVar("Answer")


def inquire(
    intent_id: str,
    ask: Callable[[str], Answer],
    adopt: Callable[[Order, CheckoutAttempt, Answer], None],
) -> bool:
    """`ask` Stripe, with nothing locked; then `adopt` what it says, with order and attempt locked.

    False if the payment is not settled yet.
    """
    row = db.session.execute(
        select(CheckoutAttempt.id, CheckoutAttempt.order_id).where(
            CheckoutAttempt.intent_id == intent_id
        )
    ).one_or_none()
    db.session.rollback()
    if row is None:
        return False
    known = ask(intent_id)
    with transaction():
        order = lock(Order, row.order_id)
        adopt(order, lock(CheckoutAttempt, row.id), known)
    return True
