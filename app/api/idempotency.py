"""Idempotency-Key: a request that is sent again has no second effect, and gets the same answer.

After https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header-07. A key is
the caller's own and is kept for a day.
"""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Response, current_app, g, request
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Row, delete, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from werkzeug.exceptions import HTTPException

from app import clock
from app.api.callers import caller_id
from app.api.models import IdempotentRequest
from app.db import changed, db, transaction
from app.errors import Conflict, Invalid, Refusal

log = logging.getLogger(__name__)

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
LONGEST_KEY = 255
KEPT_FOR = timedelta(days=1)
# Nobody waits that long for an answer, so whoever was giving it has most likely died. If not,
# `keep` tells them that the key is another's by now.
LEASE = timedelta(seconds=60)
# What belongs to the effect; the rest is made anew for each answer.
KEPT_HEADERS = ("Location", "Content-Type", "ETag", "Retry-After")


class KeyInUse(Conflict):
    """The first request with this Idempotency-Key is still being answered."""

    headers = {"Retry-After": "1"}


class KeyUsedForAnother(Invalid):
    """This Idempotency-Key came with another request before. Take a new one."""


@dataclass(frozen=True)
class Claim:
    """The right to answer for a key. The end of its lease tells it from any later claim."""

    user_id: int
    key: str
    until: datetime

    def still_holds(self) -> list[ColumnElement[bool]]:
        """The conditions under which a row is that of this claim, and not answered yet."""
        return [
            *_row(self.user_id, self.key),
            IdempotentRequest.status.is_(None),
            IdempotentRequest.claimed_until == self.until,
        ]


def once(answer: Callable[[], Response]) -> Response:
    """The answer: given now, or as it was given to the first request with this key.

    Refusals are kept like successes, because they were true. What failed on our side is
    forgotten, so that trying again helps. KeyInUse, KeyUsedForAnother.
    """
    key, user_id = request.headers.get(HEADER), caller_id()
    if key is None or user_id is None:
        return answer()
    if not 0 < len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise Invalid(
            _("An Idempotency-Key has between 1 and %(max)s visible characters.", max=LONGEST_KEY)
        )
    claim = _claim(user_id, key)
    if isinstance(claim, Response):
        return claim
    g.idempotency_claim = claim
    try:
        response = answer()
    except (Refusal, HTTPException) as refusal:
        response = current_app.make_response(current_app.handle_user_exception(refusal))
        g.idempotency_claim = claim  # what the view may have kept was rolled back
    except Exception:
        _forget(claim)
        raise
    if response.status_code >= 500:
        _forget(claim)
    elif "idempotency_claim" in g:
        with transaction():
            keep(response)
    return response


def keep(response: Response) -> None:
    """Store the answer in the transaction of its effect: then neither can be lost alone.

    KeyInUse, and the effect is rolled back, if the lease is over and another request has the key.
    """
    claim: Claim | None = g.pop("idempotency_claim", None)
    if claim is None:
        return
    kept = changed(
        update(IdempotentRequest)
        .where(*claim.still_holds())
        .values(
            status=response.status_code,
            headers={
                name: response.headers[name] for name in KEPT_HEADERS if name in response.headers
            },
            body=response.get_data(as_text=True),
        )
    )
    if not kept:
        raise _in_use()


def forget_old() -> int:
    """Delete the keys whose day is over. How many. Part of the schedule."""
    with transaction():
        return changed(
            delete(IdempotentRequest).where(IdempotentRequest.created_at <= clock.now() - KEPT_FOR)
        )


def _claim(user_id: int, key: str) -> Claim | Response:
    """The key is ours to answer for now; or the answer that it got before."""
    fingerprint = _fingerprint()
    before = _find(user_id, key)
    if before is None:
        if claim := _insert(user_id, key, fingerprint):
            return claim
        before = _find(user_id, key)
    if before is None:  # somebody was faster, and has failed and forgotten it already
        raise _in_use()
    if before.fingerprint != fingerprint:
        raise KeyUsedForAnother(
            _("This Idempotency-Key came with another request before. Take a new one.")
        )
    if before.status is not None:
        return _replayed(before)
    return _take_over(Claim(user_id, key, before.claimed_until))


def _find(user_id: int, key: str) -> Row[Any] | None:
    """What is known of the key, read without keeping a transaction open."""
    row = db.session.execute(
        select(*IdempotentRequest.__table__.c).where(
            *_row(user_id, key), IdempotentRequest.created_at > clock.now() - KEPT_FOR
        )
    ).one_or_none()
    db.session.rollback()
    return row


def _insert(user_id: int, key: str, fingerprint: str) -> Claim | None:
    """The first claim of the key. None if somebody was faster."""
    now = clock.now()
    claim = Claim(user_id, key, now + LEASE)
    try:
        with transaction():
            db.session.execute(
                delete(IdempotentRequest).where(
                    *_row(user_id, key), IdempotentRequest.created_at <= now - KEPT_FOR
                )
            )
            db.session.add(
                IdempotentRequest(
                    user_id=user_id, key=key, fingerprint=fingerprint, claimed_until=claim.until
                )
            )
    except IntegrityError:
        return None
    return claim


def _take_over(claim: Claim) -> Claim:
    """Our claim of the key after this one, whose lease is over. KeyInUse if it is not."""
    now = clock.now()
    if claim.until > now:
        raise _in_use()
    ours = Claim(claim.user_id, claim.key, now + LEASE)
    with transaction():
        taken = changed(
            update(IdempotentRequest).where(*claim.still_holds()).values(claimed_until=ours.until)
        )
    if not taken:
        raise _in_use()
    return ours


def _forget(claim: Claim) -> None:
    """Make the key free again at once. If even that fails, it is when its lease ends."""
    g.pop("idempotency_claim", None)
    try:
        with transaction():
            db.session.execute(delete(IdempotentRequest).where(*claim.still_holds()))
    except SQLAlchemyError as error:
        log.warning("an Idempotency-Key stays claimed: %s", getattr(error, "orig", None) or error)


def _replayed(before: Row[Any]) -> Response:
    response = Response(before.body, status=before.status)
    del response.headers["Content-Type"]
    response.headers.update({**before.headers, REPLAYED: "true"})
    return response


def _row(user_id: int, key: str) -> list[ColumnElement[bool]]:
    return [IdempotentRequest.user_id == user_id, IdempotentRequest.key == key]


def _in_use() -> KeyInUse:
    return KeyInUse(_("The first request with this key is still being answered."))


def _fingerprint() -> str:
    parts = (request.method, request.full_path, request.get_data(cache=True).decode("latin-1"))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
