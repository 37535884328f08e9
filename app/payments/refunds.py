"""Money going back: the row first, then the call, and whatever Stripe says about it later."""

import logging
from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import func, select

from app import claims, clock
from app.db import db, lock, transaction
from app.errors import Conflict, Invalid
from app.orders import fulfilment
from app.orders.models import Actor, Order
from app.outbox.recording import record
from app.payments import gateway
from app.payments.domain_events import RefundIssued
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

# What may still reach the buyer. A failed or canceled refund does not count.
COUNTING = (RefundStatus.DUE, RefundStatus.PENDING, RefundStatus.SUCCEEDED)
FAILED = (RefundStatus.FAILED, RefundStatus.CANCELED)
LEASE = timedelta(minutes=2)
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(minutes=15)
BATCH = 50


def request(order: Order, amount_cents: int | None, *, reason: RefundReason) -> Refund:
    """Refund a completed order, in full or this much of it. The caller has locked the order.

    Conflict if nothing completed it, if its payment is disputed or if less is left;
    Invalid for a foolish amount.
    """
    attempt_id = db.session.scalar(
        select(CheckoutAttempt.id).where(
            CheckoutAttempt.order_id == order.id, CheckoutAttempt.completed_order
        )
    )
    if attempt_id is None:
        raise Conflict("No payment completed this order, so there is nothing to refund.")
    attempt = lock(CheckoutAttempt, attempt_id)
    if attempt.dispute == DisputeStatus.OPEN:
        raise Conflict("The payment is under dispute. The bank decides; refund it afterwards.")
    left = left_on(attempt)
    if amount_cents is not None and amount_cents <= 0:
        raise Invalid("The amount must be more than nothing.")
    if left == 0 or (amount_cents or 0) > left:
        raise Conflict(f"Only {left} cents of this payment are left to refund.")
    refund = write(attempt, reason, amount_cents)
    assert refund is not None
    return refund


def write(
    attempt: CheckoutAttempt,
    reason: RefundReason,
    amount_cents: int | None = None,
    replaces: Refund | None = None,
) -> Refund | None:
    """Promise a refund of this amount, or of all that is left; None if nothing is left.

    The caller has locked order and attempt. If with it the whole payment that
    completed the order goes back, the order is refunded from this moment on.
    """
    left = left_on(attempt)
    amount = left if amount_cents is None else min(amount_cents, left)
    if amount == 0:
        return None
    refund = Refund(
        attempt_id=attempt.id,
        amount_cents=amount,
        reason=reason,
        replaces_id=replaces.id if replaces else None,
    )
    db.session.add(refund)
    db.session.flush()
    _told(attempt, refund)
    end_if_all_went_back(attempt.order, attempt, actor=Actor.OPERATOR, reason=reason)
    return refund


def write_failed_again(attempt: CheckoutAttempt) -> list[Refund]:
    """Promise once more what Stripe could not send. The caller has locked order and attempt."""
    replaced = select(Refund.replaces_id).where(Refund.replaces_id.is_not(None))
    failed = db.session.scalars(
        select(Refund)
        .where(
            Refund.attempt_id == attempt.id,
            Refund.status.in_(FAILED),
            Refund.stripe_id.is_not(None),
            Refund.id.not_in(replaced),
        )
        .order_by(Refund.id)
    ).all()
    written = [
        write(attempt, RefundReason.REQUESTED, refund.amount_cents, replaces=refund)
        for refund in failed
    ]
    return [refund for refund in written if refund]


def left_on(attempt: CheckoutAttempt) -> int:
    """Cents of the payment that no refund of ours or of Stripe's dashboard returns yet."""
    return max(0, (attempt.captured_cents or 0) - _promised(attempt))


def adopt(order: Order, attempt: CheckoutAttempt, known: Iterable[gateway.StripeRefund]) -> None:
    """Make our rows say what Stripe's refunds of this payment are. Order and attempt are locked.

    What failed stays failed, because an older list may come after a newer one.
    """
    ours = db.session.scalars(select(Refund).where(Refund.attempt_id == attempt.id)).all()
    known_here = {refund.stripe_id: refund for refund in ours if refund.stripe_id}
    not_yet_known = {str(refund.id): refund for refund in ours if not refund.stripe_id}
    for theirs in known:
        refund = known_here.get(theirs.id) or not_yet_known.pop(theirs.refund_id or "", None)
        if refund is None:
            refund = Refund(
                attempt_id=attempt.id,
                amount_cents=theirs.amount_cents,
                reason=RefundReason.EXTERNAL,
            )
            db.session.add(refund)
        if refund.stripe_id and refund.status in FAILED:
            continue
        refund.stripe_id = theirs.id
        refund.status = _status_of(theirs)
        db.session.flush()
        if refund.status in FAILED:
            fulfilment.flag(order, f"refund {theirs.id} {refund.status}; it did not go back")
            log.error("order %s: %s", order.public_id, order.incident)
    end_if_all_went_back(order, attempt, actor=Actor.STRIPE, reason=RefundReason.EXTERNAL)


def end_if_all_went_back(
    order: Order, attempt: CheckoutAttempt, *, actor: Actor, reason: RefundReason
) -> None:
    """An order whose whole payment went back is refunded. Order and attempt are locked."""
    if attempt.completed_order and attempt.status == AttemptStatus.PAID and left_on(attempt) == 0:
        fulfilment.refund(order, actor=actor, reason=reason)


def sync(intent_id: str) -> bool:
    """Ask Stripe for all refunds of this payment and record them, the dashboard's too.

    False if the payment is not settled yet.
    """
    return inquire(intent_id, gateway.refunds_of, adopt)


def issue_due() -> int:
    """Tell Stripe every refund it does not know yet. How many it then knew. Part of the sweep."""
    due = claims.due_ids(Refund, Refund.status == RefundStatus.DUE, limit=BATCH)
    return sum(_issue_safely(refund_id) for refund_id in due)


def issue(refund_id: int) -> bool:
    """Tell Stripe this refund, if it is due and nobody else is doing it. True if Stripe has it.

    After a failure nobody knows whether the money moved, so the next try looks
    before it asks, and asks under a new key.
    """
    with transaction():
        if not claims.claim(Refund, refund_id, Refund.status == RefundStatus.DUE, lease=LEASE):
            return False
        refund = db.session.get_one(Refund, refund_id)
        attempt = refund.attempt
        intent_id, tries, amount = attempt.intent_id, refund.tries, refund.amount_cents
        disputed = attempt.dispute == DisputeStatus.OPEN
    if disputed or intent_id is None:
        _put_off(refund_id, first=LONGEST_WAIT)
        return False
    try:
        if tries == 1 or not _known_to_stripe(intent_id, refund_id):
            gateway.create_refund(intent_id, amount, refund_id, key=f"refund:{refund_id}:{tries}")
        sync(intent_id)
    except gateway.StripeUnavailable as error:
        log.warning("refund %s: no answer, looking again later: %s", refund_id, error)
        _put_off(refund_id)
        return False
    except gateway.StripeRefused as error:
        return _refused(refund_id, intent_id, error)
    return True


def _refused(refund_id: int, intent_id: str, error: gateway.StripeRefused) -> bool:
    """Stripe will not: usually because somebody refunded or disputed the charge meanwhile."""
    sync(intent_id)
    in_dispute = any(
        dispute.is_open or dispute.is_lost for dispute in gateway.disputes_of(intent_id)
    )
    with transaction():
        refund = db.session.get_one(Refund, refund_id)
        order = lock(Order, refund.attempt.order_id)
        attempt = lock(CheckoutAttempt, refund.attempt_id)
        refund = lock(Refund, refund_id)
        if refund.status != RefundStatus.DUE:
            return True
        too_much = _promised(attempt) - (attempt.captured_cents or 0)
        if too_much >= refund.amount_cents:
            # What we promised went back by another hand: that refund stands for ours.
            refund.status = RefundStatus.CANCELED
            return True
        if too_much > 0:
            refund.amount_cents -= too_much  # a part of it did; the rest is still ours to send
            refund.next_try_at = clock.now()
            return False
        if not in_dispute:  # of which we are about to hear; its end decides
            fulfilment.flag(order, f"refund {refund_id} refused: {error}")
    log.error("refund %s refused: %s", refund_id, error)
    _put_off(refund_id, first=LONGEST_WAIT)
    return False


def _issue_safely(refund_id: int) -> bool:
    try:
        return issue(refund_id)
    except Exception:
        log.exception("refund %s failed, trying again later", refund_id)
        db.session.rollback()
        return False


def _known_to_stripe(intent_id: str, refund_id: int) -> bool:
    return any(theirs.refund_id == str(refund_id) for theirs in gateway.refunds_of(intent_id))


def _put_off(refund_id: int, first: timedelta = FIRST_WAIT) -> None:
    with transaction():
        claims.put_off(
            Refund,
            refund_id,
            Refund.status == RefundStatus.DUE,
            first=first,
            longest=LONGEST_WAIT,
        )


def _promised(attempt: CheckoutAttempt) -> int:
    promised = db.session.scalar(
        select(func.coalesce(func.sum(Refund.amount_cents), 0)).where(
            Refund.attempt_id == attempt.id, Refund.status.in_(COUNTING)
        )
    )
    return int(promised or 0)


def _status_of(theirs: gateway.StripeRefund) -> RefundStatus:
    known = {"succeeded", "failed", "canceled"}
    return RefundStatus(theirs.status) if theirs.status in known else RefundStatus.PENDING


def _told(attempt: CheckoutAttempt, refund: Refund) -> None:
    record(
        RefundIssued(
            order_id=attempt.order.public_id,
            refund_id=refund.id,
            amount_cents=refund.amount_cents,
            currency=attempt.currency,
            reason=refund.reason,
        )
    )
