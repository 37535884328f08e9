"""How often one may try to get in. Only what failed counts against guessing a password."""

import hashlib
from collections.abc import Callable, Mapping
from contextlib import suppress

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.accounts import addresses
from app.api import callers
from app.errors import Invalid
from app.web.limits import limiter

View = Callable[..., ResponseReturnValue]

PER_ACCOUNT = "10 per 5 minutes"
PER_ADDRESS = "100 per 5 minutes"  # many people share one
SIGN_UPS_PER_ADDRESS = "300 per hour"  # at a festival many come from one


def sign_ups(view: View) -> View:
    """Every try counts, because the answer says whether an address has an account."""
    return limiter.limit(SIGN_UPS_PER_ADDRESS)(view)


def failed_sign_ins(view: View) -> View:
    """By account, however many machines are guessing, and by the address they come from."""
    by_account = limiter.limit(PER_ACCOUNT, key_func=_account_tried, deduct_when=_failed)
    by_address = limiter.limit(PER_ADDRESS, deduct_when=_failed)
    return by_account(by_address(view))


def failed_password_changes(view: View) -> View:
    """By account: an open browser is no place to guess its password."""
    return limiter.limit(PER_ACCOUNT, key_func=_own_account, deduct_when=_failed)(view)


def _failed(response: Response) -> bool:
    return response.status_code in (401, 422)


def _account_tried() -> str:
    sent = request.get_json(silent=True) if request.is_json else request.form
    email = str(sent.get("email", "")) if isinstance(sent, Mapping) else ""
    with suppress(Invalid):  # what is no address is nobody's account
        email = addresses.folded(email)
    # Hashed, so that neither Redis nor the log learns who has an account.
    return hashlib.sha256(email.encode(errors="surrogatepass")).hexdigest()


def _own_account() -> str:
    return f"user-{callers.caller_id() or current_user.get_id()}"
