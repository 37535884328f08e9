"""Disputes: the buyer's bank takes the money back first and decides later."""

import logging
from collections.abc import Collection

from sqlalchemy import select, update

from app import clock
from app.db import db
from app.orders.models import Actor, Order
from app.payments import gateway, refunds
from app.payments.inquiries import inquire
from app.payments.models import (
    AttemptStatus,
    CheckoutAttempt,
    DisputeStatus,
    Refund,
    RefundReason,
    RefundStatus,
)

log = logging.getLogger(__name__)


def sync(intent_id: str) -> bool:
    """Ask Stripe where the disputes of this payment stand. False if it is not settled yet."""
    return inquire(intent_id, gateway.disputes_of, adopt)


def adopt(order: Order, attempt: CheckoutAttempt, known: Collection[gateway.Dispute]) -> None:
    """Record where these disputes of the payment stand, and what follows. Both rows are locked.

    Open: refunds of this payment wait. Lost: the bank returned the money, as a full
    refund from outside would. Won: a payment that completed nothing is refunded.
    """
    if not known or attempt.dispute == DisputeStatus.LOST:
        return
    if any(dispute.is_open for dispute in known):
        _open(order, attempt)
    elif any(dispute.is_lost for dispute in known):
        _lost(order, attempt)
    else:
        _won(attempt)


def _open(order: Order, attempt: CheckoutAttempt) -> None:
    if attempt.dispute != DisputeStatus.OPEN:
        attempt.dispute = DisputeStatus.OPEN
        log.error("order %s: its payment is disputed", order.public_id)


def _lost(order: Order, attempt: CheckoutAttempt) -> None:
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
    refunds.end_if_all_went_back(order, attempt, actor=Actor.STRIPE, reason=RefundReason.DISPUTE)


def _won(attempt: CheckoutAttempt) -> None:
    if attempt.dispute == DisputeStatus.WON:
        return
    attempt.dispute = DisputeStatus.WON
    db.session.flush()
    # What waited for the end of the dispute need not wait for its next try.
    db.session.execute(
        update(Refund)
        .where(Refund.attempt_id == attempt.id, Refund.status == RefundStatus.DUE)
        .values(next_try_at=clock.now())
    )
    if attempt.status == AttemptStatus.PAID and not attempt.completed_order:
        refunds.write(attempt, RefundReason.DISPUTE)
