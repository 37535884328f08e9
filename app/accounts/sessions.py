"""Sessions: which browsers are signed in. The cookie names a row; without the row it is nothing."""

import hashlib
import secrets

from flask import Flask, g, session
from flask_login import LoginManager, current_user
from sqlalchemy import bindparam, delete, select

from app import clock
from app.accounts.models import User, UserSession
from app.db import changed, db, transaction
from app.web.headers import SIGNED_IN_KEY
from app.web.security import SIGNED_IN_FOR

# Built once, because every request of somebody signed in asks it.
HOLDER = (
    select(User)
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
    app.jinja_env.globals["current_user"] = current_user


def open_for(user: User) -> str:
    """A new session. Returns the token for `remember()`, once the transaction is committed."""
    now = clock.now()
    db.session.execute(
        delete(UserSession).where(UserSession.user_id == user.id, UserSession.expires_at <= now)
    )
    token = secrets.token_urlsafe(32)
    db.session.add(
        UserSession(token_hash=_hash(token), user_id=user.id, expires_at=now + SIGNED_IN_FOR)
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
    if token := session.get(SIGNED_IN_KEY):
        db.session.execute(delete(UserSession).where(UserSession.token_hash == _hash(token)))


def close_all(user: User) -> None:
    """End every session of the account."""
    db.session.execute(delete(UserSession).where(UserSession.user_id == user.id))


def forget_expired() -> int:
    """Delete the sessions whose time is over, of everybody. How many. Part of the schedule."""
    with transaction():
        return changed(delete(UserSession).where(UserSession.expires_at <= clock.now()))


def holder(token: str) -> User | None:
    """Whose session this is, if it is still open."""
    return db.session.scalar(HOLDER, {"token_hash": _hash(token), "now": clock.now()})


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
