"""Signing in: who has an address and its password is let in."""

from flask_babel import gettext as _
from sqlalchemy import select

from app.accounts import addresses, passwords
from app.accounts.models import User
from app.db import db, lock
from app.errors import Invalid


def authenticate(email: str, password: str) -> User:
    """The account they belong to. Invalid otherwise, in the same words and time for any reason.

    Belongs before the transaction: the hash takes long, and SQLite has one writer.
    """
    user = _find(email)
    if user is None:
        passwords.fits_nobody(password)
        raise _wrong()
    if not passwords.fits(user.password_hash, password):
        raise _wrong()
    return user


def let_in(user_id: int, proven_hash: str, password: str) -> User:
    """The account, locked, for the hash that the password was checked against.

    What opens a session in this transaction comes before or after a change of the password.
    If it was changed since, the old password opens nothing: changing it has just ended all
    other sessions.
    """
    user = lock(User, user_id)
    if user.password_hash != proven_hash:
        raise _wrong()
    passwords.refresh(user, password)
    return user


def _find(email: str) -> User | None:
    try:
        return db.session.scalar(select(User).where(User.email == addresses.folded(email)))
    except Invalid:
        return None


def _wrong() -> Invalid:
    return Invalid(_("Email or password is not right. Check both and try again."), field="password")
