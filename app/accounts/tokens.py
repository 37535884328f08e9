"""Tokens: how programs are signed in. A short-lived access token, and one to refresh it with.

The access token is a JWT (RFC 9068), so that it says by itself whose it is. It names a row all
the same: signing out, a new password or a stolen refresh token end it at once, not in minutes.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import jwt
from flask_babel import gettext as _
from sqlalchemy import bindparam, delete, select, update

from app import clock
from app.accounts.models import TokenSession, User
from app.config import settings
from app.db import changed, db, transaction
from app.errors import Refusal

ACCESS_FOR = timedelta(minutes=15)
REFRESH_FOR = timedelta(days=30)  # since signing in or the last refresh
ALGORITHM = "HS256"
AUDIENCE = "ticketbay-api"
TYPE = "at+jwt"

# Built once, because every call of the API asks it.
HOLDER = (
    select(User)
    .join(TokenSession, TokenSession.user_id == User.id)
    .where(
        TokenSession.id == bindparam("session_id"),
        TokenSession.user_id == bindparam("user_id"),
        TokenSession.expires_at > bindparam("now"),
    )
)


class Unauthenticated(Refusal):
    """No token came with the request, or one that does not let anybody in (any more)."""

    status = 401
    headers = {"WWW-Authenticate": "Bearer"}


@dataclass(frozen=True)
class Tokens:
    """What a program gets when it signs in. Neither is stored as it is."""

    access: str
    refresh: str
    expires_in: int  # seconds that the access token lasts


def open_for(user_id: int) -> Tokens:
    """A new session for a program."""
    session_id, secret = secrets.token_hex(16), secrets.token_urlsafe(32)
    db.session.add(
        TokenSession(
            id=session_id,
            user_id=user_id,
            refresh_hash=_hash(secret),
            expires_at=clock.now() + REFRESH_FOR,
        )
    )
    db.session.flush()
    return _tokens(user_id, session_id, secret)


def refresh(token: str) -> tuple[User, Tokens]:
    """The account and new tokens for a refresh token, which works once. Opens a transaction.

    One that comes a second time was copied: whoever has the newer one may be the thief, so the
    whole session ends (RFC 9700, 4.14.2). Unauthenticated then, and for any other that is wrong.
    """
    session_id, _dot, old = token.partition(".")
    new = secrets.token_urlsafe(32)
    now = clock.now()
    with transaction():
        is_current = changed(
            update(TokenSession)
            .where(
                TokenSession.id == session_id,
                TokenSession.refresh_hash == _hash(old),
                TokenSession.expires_at > now,
            )
            .values(refresh_hash=_hash(new), expires_at=now + REFRESH_FOR)
        )
        if is_current:
            user = db.session.scalars(
                select(User)
                .join(TokenSession, TokenSession.user_id == User.id)
                .where(TokenSession.id == session_id)
            ).one()
            renewed = _tokens(user.id, session_id, new)
        else:
            db.session.execute(delete(TokenSession).where(TokenSession.id == session_id))
    if not is_current:
        raise Unauthenticated(_("This refresh token does not work any more. Sign in again."))
    return user, renewed


def holder(access_token: str) -> tuple[User, str]:
    """Whose token it is, and the session it belongs to. Unauthenticated if it lets nobody in."""
    try:
        # The time is ours, not the library's: tests move it.
        claims = jwt.decode(
            access_token,
            _key(),
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=settings().public_url,
            options={
                "require": ["exp", "iat", "sub", "sid"],
                "verify_exp": False,
                "verify_iat": False,
            },
        )
        is_of_this_kind = jwt.get_unverified_header(access_token).get("typ") == TYPE
        expires_at = datetime.fromtimestamp(claims["exp"], UTC)
        user_id, session_id = int(claims["sub"]), str(claims["sid"])
    except (jwt.InvalidTokenError, ValueError, TypeError, OverflowError):
        raise _refused() from None
    if not is_of_this_kind or expires_at <= clock.now():
        raise _refused()
    user = db.session.scalar(
        HOLDER, {"session_id": session_id, "user_id": user_id, "now": clock.now()}
    )
    if user is None:
        raise _refused()
    return user, session_id


def close(session_id: str) -> None:
    """End the session: its tokens let nobody in any more."""
    db.session.execute(delete(TokenSession).where(TokenSession.id == session_id))


def close_all(user_id: int) -> None:
    """End every session that a program of theirs has."""
    db.session.execute(delete(TokenSession).where(TokenSession.user_id == user_id))


def forget_expired() -> int:
    """Delete the sessions whose time is over, of everybody. How many. Part of the schedule."""
    with transaction():
        return changed(delete(TokenSession).where(TokenSession.expires_at <= clock.now()))


def _tokens(user_id: int, session_id: str, secret: str) -> Tokens:
    now = clock.now()
    claims = {
        "iss": settings().public_url,
        "aud": AUDIENCE,
        "sub": str(user_id),
        "sid": session_id,
        "jti": secrets.token_hex(8),
        "iat": int(now.timestamp()),
        "exp": int((now + ACCESS_FOR).timestamp()),
    }
    access = jwt.encode(claims, _key(), algorithm=ALGORITHM, headers={"typ": TYPE})
    return Tokens(access, f"{session_id}.{secret}", int(ACCESS_FOR.total_seconds()))


def _key() -> bytes:
    """Of its own, so that nothing else that is signed with the secret passes for a token."""
    return hashlib.sha256(b"access tokens\n" + settings().secret_key.encode()).digest()


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _refused() -> Unauthenticated:
    refusal = Unauthenticated(
        _("This access token does not work (any more). Refresh it, or sign in again.")
    )
    refusal.headers = {"WWW-Authenticate": 'Bearer error="invalid_token"'}  # RFC 6750, 3.1
    return refusal
