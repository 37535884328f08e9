"""Signing up: one address, one account."""

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.accounts import addresses
from app.accounts.models import User
from app.accounts.passwords import PasswordHash
from app.db import db
from app.errors import Invalid
from app.visible import visible

LONGEST_NAME = 60


class AddressTaken(Invalid):
    """The address has an account already."""


def sign_up(email: str, password_hash: PasswordHash, display_name: str) -> User:
    """A new account. Invalid, naming the field, if address or name cannot be taken.

    The password is hashed before the transaction: that takes long, and SQLite has one writer.
    """
    email = addresses.folded(email)
    display_name = shown_name(display_name)
    if db.session.scalar(select(User.id).where(User.email == email)):
        raise _taken()
    user = User(email=email, display_name=display_name, password_hash=password_hash)
    db.session.add(user)
    try:
        db.session.flush()
    except IntegrityError:  # somebody else signed up with it a moment ago
        raise _taken() from None
    return user


def shown_name(name: str) -> str:
    """The name others see, with single spaces. Invalid if they could not see it."""
    name = " ".join(name.split())
    if not name:
        raise Invalid(_("Enter the name that others shall see."), field="display_name")
    if len(name) > LONGEST_NAME:
        raise Invalid(_("Use at most %(max)s characters.", max=LONGEST_NAME), field="display_name")
    if visible(name) != name:
        raise Invalid(_("Leave out the invisible characters."), field="display_name")
    return name


def _taken() -> AddressTaken:
    return AddressTaken(
        _("This address has an account already. Sign in, or use another one."), field="email"
    )
