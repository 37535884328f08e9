"""Disputes: the buyer's bank takes the money back first and decides later."""

import logging

from sqlalchemy import select

from app.db import db, lock, transaction
from app.orders.models import Order
from app.payments import gateway, refunds
from app.payments.models import (
    AttemptStatus,
    CheckoutAttempt,
    DisputeStatus,
    Refund,
    RefundReason,
    RefundStatus,
)

log = logging.getLogger(__name__)

WON = ("won", "warning_closed", "prevented")


def sync(dispute_id: str) -> None:
    """Record where the dispute stands, and what follows.

    Open: refunds of this payment wait. Lost: the bank returned the money, as a full
    refund from outside would. Won: a payment that completed nothing is refunded.
    """
    dispute = gateway.retrieve_dispute(dispute_id)
    row = db.session.execute(
        select(CheckoutAttempt.id, CheckoutAttempt.order_id).where(
            CheckoutAttempt.intent_id == dispute.intent_id
        )
    ).one_or_none()
    db.session.rollback()
    if row is None:
        return  # not settled yet; settling sees that the charge is disputed
    with transaction():
        order = lock(Order, row.order_id)
        attempt = lock(CheckoutAttempt, row.id)
        if dispute.status == "lost":
            _lost(order, attempt)
        elif dispute.status in WON:
            _won(attempt)
        elif attempt.dispute is None:
            attempt.dispute = DisputeStatus.OPEN
            log.error("order %s: its payment is disputed", order.public_id)


def _lost(order: Order, attempt: CheckoutAttempt) -> None:
    if attempt.dispute == DisputeStatus.LOST:
        return
    attempt.dispute = DisputeStatus.LOST
    # What was promised but not sent must not go out on top of what the bank took.
    for refund in db.session.scalars(
        select(Refund).where(Refund.attempt_id == attempt.id, Refund.status == RefundStatus.DUE)
    ):
        refund.status = RefundStatus.CANCELED
    db.session.flush()
    left = refunds.left_on(attempt)
    if left:
        db.session.add(
            Refund(
                attempt_id=attempt.id,
                amount_cents=left,
                reason=RefundReason.DISPUTE,
                status=RefundStatus.SUCCEEDED,
            )
        )
        db.session.flush()
    refunds.adopt(order, attempt, [])


def _won(attempt: CheckoutAttempt) -> None:
    if attempt.dispute == DisputeStatus.WON:
        return
    attempt.dispute = DisputeStatus.WON
    db.session.flush()
    if attempt.status == AttemptStatus.PAID and not attempt.completed_order:
        refunds.write(attempt, RefundReason.DISPUTE)
