"""The page on which sellers say how they sell."""

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.accounts import seller_statements
from app.accounts.access import signed_in
from app.accounts.forms import TradeForm
from app.accounts.routes import bp
from app.accounts.seller_statements import Business
from app.db import transaction
from app.errors import Invalid
from app.web.next_url import asked_for
from app.web.pages import go_to


@bp.get("/account/seller")
@signed_in
def seller() -> ResponseReturnValue:
    """What was said so far, and the forms to say it."""
    form = TradeForm(formdata=None, obj=seller_statements.latest_of(current_user.id))
    form.email.data = form.email.data or current_user.email
    return _show(form)


@bp.post("/account/seller/private")
@signed_in(back_to=lambda: url_for("accounts.seller"))
def sell_privately() -> ResponseReturnValue:
    """From now on privately."""
    user_id = current_user.id
    with transaction():
        seller_statements.sell_privately(user_id)
    return _said(_("Noted: you sell privately."))


@bp.post("/account/seller/trade")
@signed_in(back_to=lambda: url_for("accounts.seller"))
def sell_as_trade() -> ResponseReturnValue:
    """From now on as this trade, or what is wrong with it."""
    form, user_id = TradeForm(), current_user.id
    if form.validate_on_submit():
        try:
            business = Business(**form.business())
            with transaction():
                seller_statements.sell_as_trade(user_id, business)
        except Invalid as refusal:
            form.say(refusal)
        else:
            return _said(_("Noted: you sell as a trade. Buyers see these details."))
    return _show(form)


def _said(words: str) -> ResponseReturnValue:
    flash(words, "success")
    return go_to(asked_for() or url_for(".account"))


def _show(form: TradeForm) -> ResponseReturnValue:
    page = render_template(
        "accounts/seller.html",
        form=form,
        statement=seller_statements.latest_of(current_user.id),
        next=asked_for(),
    )
    return page, 422 if form.errors else 200
