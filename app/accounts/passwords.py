"""Passwords: what is good enough, and how they are kept."""

import unicodedata
from functools import cache
from pathlib import Path
from typing import NewType

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import gettext as _

from app.accounts import sessions, tokens
from app.accounts.models import User
from app.db import db, lock
from app.errors import Invalid

SHORTEST, LONGEST = 8, 128
COMMON_WORDS = Path(__file__).with_name("common_passwords.txt")
# So much put before or after a common word still leaves it easy to guess.
MOST_DECORATION = 4
KEYBOARD = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "qwertzuiop", "asdfghjkl")

# A type of its own, so that nobody stores a password where its hash belongs.
PasswordHash = NewType("PasswordHash", str)

# The least memory OWASP recommends for argon2id, because eight requests may hash at once.
hasher = PasswordHasher(memory_cost=19 * 1024, time_cost=2, parallelism=1)


def hashed(password: str, *, field: str = "password") -> PasswordHash:
    """The argon2id hash to store. Invalid, about this form field, if it is easy to guess."""
    password = _normal(password)
    if len(password) < SHORTEST:
        raise Invalid(_("Choose at least %(num)s characters.", num=SHORTEST), field=field)
    if len(password) > LONGEST:
        raise Invalid(_("Choose at most %(num)s characters.", num=LONGEST), field=field)
    if _is_common(password):
        raise Invalid(_("Many people use this password. Choose another one."), field=field)
    return PasswordHash(hasher.hash(password))


def fits(password_hash: str, password: str) -> bool:
    """Whether this is the password. False also for a hash that is none."""
    try:
        return hasher.verify(password_hash, _normal(password))
    except (VerificationError, InvalidHashError):
        return False


def fits_nobody(password: str) -> None:
    """Takes as long as `fits`, so that the time does not tell which addresses have an account."""
    fits(_nobodys_hash(), password)


def refresh(user: User, password: str) -> None:
    """Hash the password anew if the parameters have become stronger since."""
    if hasher.check_needs_rehash(user.password_hash):
        user.password_hash = hasher.hash(_normal(password))
        db.session.flush()


def change_password(user_id: int, current: str, new: str) -> User:
    """Replace the password and end every session of the account, of programs too."""
    user = lock(User, user_id)
    if not fits(user.password_hash, current):
        raise Invalid(_("This is not your current password."), field="current_password")
    return set_password(user, new, field="new_password")


def set_password(user: User, password: str, *, field: str = "password") -> User:
    """As above, for an operator who need not know the old one."""
    user.password_hash = hashed(password, field=field)
    sessions.close_all(user)
    tokens.close_all(user.id)
    return user


def _normal(password: str) -> str:
    """Keyboards differ in how they compose an umlaut; the password is the same."""
    return unicodedata.normalize("NFKC", password)


def _is_common(password: str) -> bool:
    word = password.casefold()
    core = word.strip("0123456789!?.,-_*+#$@& ")
    decoration = len(word) - len(core)
    words = _common_words()
    return (
        word in words
        or (core in words and decoration <= MOST_DECORATION)
        or _repeats(word)
        or any(word in row * 2 or word in row[::-1] * 2 for row in KEYBOARD)
    )


def _repeats(word: str) -> bool:
    """`aaaaaaaa`, `abcabcabc`, `12341234`: a short beginning, again and again."""
    return any(word == (word[:size] * len(word))[: len(word)] for size in range(1, 5))


@cache
def _common_words() -> frozenset[str]:
    return frozenset(COMMON_WORDS.read_text(encoding="utf-8").split())


@cache
def _nobodys_hash() -> str:
    return hasher.hash("nobody's")
