"""Signing out other browsers, from the account page."""

from flask import flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.accounts import sessions
from app.accounts.access import signed_in
from app.accounts.routes import bp
from app.db import transaction
from app.web.pages import go_to


@bp.post("/account/sessions/<public_id:token_hash>/end")
@signed_in(back_to=lambda token_hash: url_for("accounts.account"))
def end_session(token_hash: str) -> ResponseReturnValue:
    """Sign out one browser."""
    user_id = current_user.id
    with transaction():
        sessions.close(user_id, token_hash)
    flash(_("That browser is signed out."), "success")
    return go_to(url_for(".account"))


@bp.post("/account/sessions/end-others")
@signed_in(back_to=lambda: url_for("accounts.account"))
def end_other_sessions() -> ResponseReturnValue:
    """Sign out all browsers but this one."""
    user_id = current_user.id
    with transaction():
        sessions.close_others(user_id)
    flash(_("All other browsers are signed out."), "success")
    return go_to(url_for(".account"))
