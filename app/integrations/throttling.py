"""How often one may name an address, because each is looked up while the request waits."""

from collections.abc import Callable

from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.api import callers
from app.web.limits import limiter

View = Callable[..., ResponseReturnValue]

PER_ACCOUNT = "30 per 5 minutes"


def named_addresses(view: View) -> View:
    """By account, whatever becomes of it."""
    return limiter.limit(PER_ACCOUNT, key_func=_own_account)(view)


def _own_account() -> str:
    return f"user-{callers.caller_id() or current_user.get_id()}"
