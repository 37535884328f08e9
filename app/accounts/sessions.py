"""Sessions: which browsers are signed in. The cookie names a row; without the row it is nothing."""

import hashlib
import logging
import secrets
from collections.abc import Sequence
from datetime import timedelta

from flask import Flask, Response, g, has_request_context, request, session
from flask_login import LoginManager, current_user
from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.exc import SQLAlchemyError

from app import clock
from app.accounts import browsers
from app.accounts.models import User, UserSession
from app.db import changed, db, transaction
from app.web.headers import SIGNED_IN_KEY
from app.web.security import SIGNED_IN_FOR

log = logging.getLogger(__name__)

# How exactly a session knows when it was last seen. Most requests then write nothing.
SEEN_TO_THE = timedelta(hours=1)
MOST_SHOWN = 50

# Built once, because every request of somebody signed in asks it.
HOLDER = (
    select(User, UserSession.last_seen_at)
    .join(UserSession, UserSession.user_id == User.id)
    .where(
        UserSession.token_hash == bindparam("token_hash"),
        UserSession.expires_at > bindparam("now"),
    )
)


def init_app(app: Flask) -> None:
    # Its protection would bind sessions to an IP address, which phones change while they move.
    manager = LoginManager()
    manager.session_protection = None
    manager.user_loader(holder)
    # A global costs nothing until it is used; a context processor runs for every template.
    manager.init_app(app, add_context_processor=False)
    app.after_request(_note_that_it_was_seen)
    app.jinja_env.globals["current_user"] = current_user


def open_for(user: User) -> str:
    """A new session. Returns the token for `remember()`, once the transaction is committed."""
    now = clock.now()
    db.session.execute(
        delete(UserSession).where(UserSession.user_id == user.id, UserSession.expires_at <= now)
    )
    token = secrets.token_urlsafe(32)
    db.session.add(
        UserSession(
            token_hash=_hash(token),
            user_id=user.id,
            expires_at=now + SIGNED_IN_FOR,
            last_seen_at=now,
            browser=browsers.name_of(request.user_agent.string) if has_request_context() else None,
        )
    )
    db.session.flush()
    return token


def remember(token: str) -> None:
    """Give this browser the token. What its cookie held before, CSRF token included, is gone."""
    forget()
    session[SIGNED_IN_KEY] = token
    session.permanent = True


def forget() -> None:
    """Empty this browser's cookie. The request goes on as that of a stranger."""
    session.clear()
    g.pop("csrf_token", None)
    g.pop("_login_user", None)


def close_current() -> None:
    """End the session of this browser."""
    if token_hash := current():
        db.session.execute(delete(UserSession).where(UserSession.token_hash == token_hash))


def open_of(user_id: int) -> Sequence[UserSession]:
    """The browsers in which they are signed in, the one used last first."""
    return db.session.scalars(
        select(UserSession)
        .where(UserSession.user_id == user_id, UserSession.expires_at > clock.now())
        .order_by(UserSession.last_seen_at.desc(), UserSession.token_hash)
        .limit(MOST_SHOWN)
    ).all()


def current() -> str | None:
    """The hash that names the session of this browser. It lets nobody in, so pages may show it."""
    token = session.get(SIGNED_IN_KEY)
    return _hash(token) if token else None


def close(user_id: int, token_hash: str) -> None:
    """End one of their sessions. One that is not theirs, or over, is left as it is."""
    db.session.execute(
        delete(UserSession).where(
            UserSession.user_id == user_id, UserSession.token_hash == token_hash
        )
    )


def close_others(user_id: int) -> None:
    """End all their sessions but that of this browser."""
    db.session.execute(
        delete(UserSession).where(
            UserSession.user_id == user_id, UserSession.token_hash != current()
        )
    )


def close_all(user: User) -> None:
    """End every session of the account."""
    db.session.execute(delete(UserSession).where(UserSession.user_id == user.id))


def forget_expired() -> int:
    """Delete the sessions whose time is over, of everybody. How many. Part of the schedule."""
    with transaction():
        return changed(delete(UserSession).where(UserSession.expires_at <= clock.now()))


def holder(token: str) -> User | None:
    """Whose session this is, if it is still open."""
    now, token_hash = clock.now(), _hash(token)
    found = db.session.execute(HOLDER, {"token_hash": token_hash, "now": now}).one_or_none()
    if found is None:
        return None
    user, last_seen_at = found
    if last_seen_at <= now - SEEN_TO_THE:
        g.session_seen_again = token_hash
    return user


def _note_that_it_was_seen(response: Response) -> Response:
    """After the answer is made, so that what it has read stays read."""
    if token_hash := g.pop("session_seen_again", None):
        now = clock.now()
        try:
            with transaction():
                changed(
                    update(UserSession)
                    .where(
                        UserSession.token_hash == token_hash,
                        UserSession.last_seen_at <= now - SEEN_TO_THE,
                    )
                    .values(last_seen_at=now)
                )
        except SQLAlchemyError:  # the answer is worth more than the hour
            log.warning("when a session was last seen could not be noted")
    return response


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
