"""Stripe, as far as we need it. The only file that imports stripe; plain values in and out.

A call may take seconds, so none happens while a transaction is open: it would
keep rows locked and a connection taken for as long as Stripe likes.
"""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

import stripe
from flask import Flask, current_app

from app.config import Settings, settings
from app.db import db

# Shorter than gunicorn's patience with a request (30 s), which may need two calls.
TIMEOUT_SECONDS = (3.05, 8)
# About the object that was asked for: our key is wrong, or we ask too often.
SAYS_NOTHING = (401, 403, 429)

Result = TypeVar("Result")


class StripeUnavailable(Exception):
    """No answer, or none that says what happened: try again later, and look what is so."""


class StripeBusy(StripeUnavailable):
    """Another request with the same idempotency key is being worked on."""


class StripeRefused(Exception):
    """A definite no. What is so instead, only the object says: retrieve it."""


class StripeMissing(StripeRefused):
    """Stripe knows no such object: it is of another account, or of test data that was deleted."""


class BadSignature(Exception):
    """The webhook was not signed with one of our secrets."""


@dataclass(frozen=True)
class StripeRefund:
    """A refund as Stripe knows it. `refund_id` is our row's id, if the refund is ours."""

    id: str
    amount_cents: int
    status: str
    refund_id: str | None


@dataclass(frozen=True)
class Dispute:
    id: str
    status: str

    @property
    def is_lost(self) -> bool:
        return self.status == "lost"

    @property
    def is_open(self) -> bool:
        return self.status not in ("lost", "won", "warning_closed", "prevented")


@dataclass(frozen=True)
class Session:
    """A Checkout Session with its payment, and what became of that, at one moment."""

    id: str
    url: str | None
    status: str
    payment_status: str
    mode: str
    livemode: bool
    reference: str | None
    amount_cents: int
    currency: str
    intent_id: str | None
    intent_status: str | None
    refunds: tuple[StripeRefund, ...] = ()
    disputes: tuple[Dispute, ...] = ()

    @property
    def is_paid(self) -> bool:
        return self.status == "complete" and self.payment_status in ("paid", "no_payment_required")


@dataclass(frozen=True)
class Notice:
    """That something happened to an object at Stripe; what it is now must be asked."""

    event_id: str
    type: str
    object_id: str
    livemode: bool


def init_app(app: Flask, settings: Settings) -> None:
    # At INFO the package logs every address it calls; what went wrong we log ourselves.
    logging.getLogger("stripe").setLevel(logging.WARNING)
    addresses: Any = {"api": settings.stripe_api_base} if settings.stripe_api_base else None
    app.extensions["stripe"] = stripe.StripeClient(
        settings.stripe_secret_key or "sk_test_missing",
        base_addresses=addresses,
        http_client=stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
        max_network_retries=0,  # what to do after a failure, the database's state decides
    )


def create_session(parameters: dict[str, Any], key: str) -> Session:
    """Open a payment page. The same key gives the same session."""
    return _session(
        _call(lambda v1: v1.checkout.sessions.create(parameters, {"idempotency_key": key}))
    )


def retrieve_session(session_id: str) -> Session:
    """The session as it is now, with its payment, its refunds and its disputes."""
    expand: Any = {"expand": ["payment_intent.latest_charge"]}
    found = _call(lambda v1: v1.checkout.sessions.retrieve(session_id, expand))
    session, charge = _session(found), _charge(found)
    if session.intent_id and charge and charge.amount_refunded:
        session = replace(session, refunds=tuple(refunds_of(session.intent_id)))
    if session.intent_id and charge and charge.disputed:
        session = replace(session, disputes=tuple(disputes_of(session.intent_id)))
    return session


def session_of(intent_id: str) -> str | None:
    """The id of the session that a payment was made on."""
    parameters: Any = {"payment_intent": intent_id, "limit": 1}
    found = _call(lambda v1: v1.checkout.sessions.list(parameters)).data
    return found[0].id if found else None


def expire_session(session_id: str) -> Session:
    """Shut an open payment page. StripeRefused if it is not open any more."""
    return _session(_call(lambda v1: v1.checkout.sessions.expire(session_id)))


def create_refund(intent_id: str, amount_cents: int, refund_id: int, key: str) -> StripeRefund:
    """Send money back."""
    parameters: Any = {
        "payment_intent": intent_id,
        "amount": amount_cents,
        "metadata": {"refund_id": str(refund_id)},
    }
    return _refund(_call(lambda v1: v1.refunds.create(parameters, {"idempotency_key": key})))


def refunds_of(intent_id: str) -> list[StripeRefund]:
    """All refunds of a payment, whoever made them, oldest first."""
    parameters: Any = {"payment_intent": intent_id, "limit": 100}
    found = _call(lambda v1: list(v1.refunds.list(parameters).auto_paging_iter()))
    return [_refund(refund) for refund in reversed(found)]


def disputes_of(intent_id: str) -> list[Dispute]:
    """All disputes of a payment."""
    parameters: Any = {"payment_intent": intent_id, "limit": 100}
    found = _call(lambda v1: list(v1.disputes.list(parameters).auto_paging_iter()))
    return [Dispute(dispute.id, dispute.status) for dispute in found]


def intent_of_charge(charge_id: str) -> str | None:
    return _id(_call(lambda v1: v1.charges.retrieve(charge_id)).payment_intent)


def intent_of_refund(refund_id: str) -> str | None:
    return _id(_call(lambda v1: v1.refunds.retrieve(refund_id)).payment_intent)


def intent_of_dispute(dispute_id: str) -> str | None:
    return _id(_call(lambda v1: v1.disputes.retrieve(dispute_id)).payment_intent)


def events_since(moment: datetime, types: tuple[str, ...]) -> list[Notice]:
    """What happened since then, also what no webhook told us. Stripe keeps events for 30 days."""
    parameters: Any = {
        "created": {"gte": int(moment.timestamp())},
        "types": list(types),
        "limit": 100,
    }
    events = _call(lambda v1: list(v1.events.list(parameters).auto_paging_iter()))
    return [_notice(event.to_dict()) for event in events]


def read_webhook(payload: bytes, signature: str) -> Notice:
    """What a webhook says, once its signature fits one of our secrets. Else BadSignature."""
    for secret in settings().stripe_webhook_secret:
        try:
            stripe.WebhookSignature.verify_header(
                payload.decode("utf-8"), signature, secret, stripe.Webhook.DEFAULT_TOLERANCE
            )
            return _notice(json.loads(payload))
        except (stripe.SignatureVerificationError, UnicodeDecodeError):
            continue
        except (ValueError, KeyError, TypeError) as error:
            raise BadSignature(f"signed, but not an event: {error}") from error
    raise BadSignature("no secret of ours fits the signature")


def _call(ask: Callable[[Any], Result]) -> Result:
    assert not db.session().in_transaction(), "no call to Stripe while a transaction is open"
    client: stripe.StripeClient = current_app.extensions["stripe"]
    try:
        return ask(client.v1)
    except stripe.StripeError as error:
        status = error.http_status or 0
        if status == 409:
            raise StripeBusy(str(error)) from error
        if status == 404:
            raise StripeMissing(str(error)) from error
        if 400 <= status < 500 and status not in SAYS_NOTHING:
            raise StripeRefused(str(error)) from error
        raise StripeUnavailable(str(error)) from error


def _session(session: Any) -> Session:
    intent = _expanded(session.payment_intent)
    return Session(
        id=session.id,
        url=session.url,
        status=session.status,
        payment_status=session.payment_status,
        mode=session.mode,
        livemode=session.livemode,
        reference=session.client_reference_id,
        amount_cents=session.amount_total,
        currency=session.currency.upper(),
        intent_id=_id(session.payment_intent),
        intent_status=intent.status if intent else None,
    )


def _charge(session: Any) -> Any:
    intent = _expanded(session.payment_intent)
    return _expanded(intent.latest_charge) if intent else None


def _refund(refund: Any) -> StripeRefund:
    metadata = refund.metadata.to_dict() if refund.metadata else {}
    return StripeRefund(refund.id, refund.amount, refund.status, metadata.get("refund_id"))


def _notice(event: dict[str, Any]) -> Notice:
    return Notice(event["id"], event["type"], event["data"]["object"]["id"], event["livemode"])


def _expanded(reference: Any) -> Any:
    """The object that Stripe gives, or None if it gives its id alone."""
    return None if isinstance(reference, str) else reference


def _id(reference: Any) -> str | None:
    """The id of something that Stripe gives as an id or, expanded, as the object."""
    return reference if reference is None or isinstance(reference, str) else reference.id
