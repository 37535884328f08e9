"""Idempotency-Key: a request that is sent again has no second effect, and gets the same answer.

After https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header-07. A key is
the caller's own and is kept for a day.
"""

import hashlib
from collections.abc import Callable
from datetime import timedelta

from flask import Response, current_app, g, request
from flask_babel import gettext as _
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from app import clock
from app.api.callers import caller_id
from app.api.models import IdempotentRequest
from app.db import changed, db, transaction
from app.errors import Conflict, Invalid, Refusal

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
LONGEST_KEY = 255
KEPT_FOR = timedelta(days=1)
# Longer than gunicorn lets a request live. Whoever was answering after that is dead.
LEASE = timedelta(seconds=60)
# What belongs to the effect; the rest is made anew for each answer.
KEPT_HEADERS = ("Location", "Content-Type", "ETag", "Retry-After")


class KeyInUse(Conflict):
    """The first request with this Idempotency-Key is still being answered."""

    headers = {"Retry-After": "1"}


class KeyUsedForAnother(Invalid):
    """This Idempotency-Key came with another request before. Take a new one."""


def once(answer: Callable[[], Response]) -> Response:
    """The answer: given now, or as it was given to the first request with this key.

    Refusals of the domain are kept like successes, because they were true. What failed on our
    side is forgotten, so that trying again helps. KeyInUse, KeyUsedForAnother.
    """
    key = request.headers.get(HEADER)
    user_id = caller_id()
    if key is None or user_id is None:
        return answer()
    if not 0 < len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise Invalid(
            _("An Idempotency-Key has between 1 and %(max)s visible characters.", max=LONGEST_KEY)
        )
    if (before := _claim(user_id, key)) is not None:
        return before
    g.idempotency_key = key
    try:
        response = answer()
    except Refusal as refusal:
        response = current_app.make_response(current_app.handle_user_exception(refusal))
    except Exception:
        _forget(user_id, key)
        raise
    if response.status_code >= 500:
        _forget(user_id, key)
    elif "idempotency_key" in g:
        with transaction():
            keep(response)
    return response


def keep(response: Response) -> None:
    """Store the answer in the transaction of its effect: then neither can be lost alone."""
    key, user_id = g.pop("idempotency_key", None), caller_id()
    if key is None:
        return
    db.session.execute(
        update(IdempotentRequest)
        .where(IdempotentRequest.user_id == user_id, IdempotentRequest.key == key)
        .values(
            status=response.status_code,
            headers={
                name: response.headers[name] for name in KEPT_HEADERS if name in response.headers
            },
            body=response.get_data(as_text=True),
        )
    )


def forget_old() -> int:
    """Delete the keys whose day is over. How many. Part of the schedule."""
    with transaction():
        return changed(
            delete(IdempotentRequest).where(IdempotentRequest.created_at <= clock.now() - KEPT_FOR)
        )


def _claim(user_id: int, key: str) -> Response | None:
    """None if the key is ours to answer for now, otherwise the answer it got before."""
    now, fingerprint = clock.now(), _fingerprint()
    try:
        with transaction():
            db.session.execute(
                delete(IdempotentRequest).where(
                    IdempotentRequest.user_id == user_id,
                    IdempotentRequest.key == key,
                    IdempotentRequest.created_at <= now - KEPT_FOR,
                )
            )
            db.session.add(
                IdempotentRequest(
                    user_id=user_id, key=key, fingerprint=fingerprint, claimed_until=now + LEASE
                )
            )
        return None
    except IntegrityError:
        db.session.rollback()
    before = db.session.scalar(select(IdempotentRequest).filter_by(user_id=user_id, key=key))
    db.session.rollback()
    if before is None:  # failed and forgotten a moment ago
        raise _in_use()
    if before.fingerprint != fingerprint:
        raise KeyUsedForAnother(
            _("This Idempotency-Key came with another request before. Take a new one.")
        )
    if before.status is not None:
        headers = {**(before.headers or {}), REPLAYED: "true"}
        return Response(before.body, status=before.status, headers=headers)
    with transaction():
        is_ours = changed(
            update(IdempotentRequest)
            .where(
                IdempotentRequest.user_id == user_id,
                IdempotentRequest.key == key,
                IdempotentRequest.status.is_(None),
                IdempotentRequest.claimed_until <= now,
            )
            .values(claimed_until=now + LEASE)
        )
    if not is_ours:
        raise _in_use()
    return None


def _forget(user_id: int, key: str) -> None:
    g.pop("idempotency_key", None)
    db.session.rollback()
    with transaction():
        db.session.execute(
            delete(IdempotentRequest).where(
                IdempotentRequest.user_id == user_id,
                IdempotentRequest.key == key,
                IdempotentRequest.status.is_(None),
            )
        )


def _in_use() -> KeyInUse:
    return KeyInUse(_("The first request with this key is still being answered."))


def _fingerprint() -> str:
    parts = (request.method, request.full_path, request.get_data(cache=True).decode("latin-1"))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
