"""Pages of webhooks, under the account: where one wants to be told, and what was sent there."""

from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.accounts.access import signed_in
from app.db import transaction
from app.errors import Conflict, Invalid
from app.integrations import delivery_log, endpoints, throttling
from app.integrations.forms import EndpointForm, TypesForm
from app.web.ids import row_id
from app.web.pages import go_to, wants_more_rows

bp = Blueprint("integrations", __name__, url_prefix="/account/webhooks")


def to_page(**_arguments: Any) -> str:
    """Where somebody goes on who has been signed out meanwhile."""
    return url_for("integrations.webhooks")


@bp.get("")
@signed_in
def webhooks() -> ResponseReturnValue:
    """One's endpoints, and the form for another one."""
    return _list(EndpointForm(formdata=None))


@bp.post("")
@signed_in(back_to=to_page)
@throttling.named_addresses
def add() -> ResponseReturnValue:
    """A new endpoint, with its secret; or what is wrong with it."""
    form, user_id = EndpointForm(), current_user.id
    if form.validate_on_submit():
        try:
            endpoints.check_address(form.url.data)
            with transaction():
                endpoint = endpoints.register(user_id, form.url.data, form.chosen())
                endpoint_id, secret = endpoint.id, endpoint.secret
        except Invalid as refusal:
            form.say(refusal)
        except Conflict as refusal:
            form.say(Invalid(str(refusal), field="url"))
        else:
            return _show(endpoint_id, secret=secret)
    return _list(form)


@bp.get("/<id:endpoint_id>")
@signed_in
def webhook(endpoint_id: int) -> ResponseReturnValue:
    """One endpoint, and what was sent to it."""
    return _show(endpoint_id)


@bp.post("/<id:endpoint_id>/types")
@signed_in(back_to=to_page)
def change_types(endpoint_id: int) -> ResponseReturnValue:
    """Other events from now on."""
    form, user_id = TypesForm(), current_user.id
    try:
        with transaction():
            endpoints.change(endpoints.one_of(user_id, endpoint_id), types=form.chosen())
    except Invalid as refusal:
        form.validate()
        form.say(refusal)
        return _show(endpoint_id, form)
    flash(_("The events are changed."), "success")
    return go_to(url_for(".webhook", endpoint_id=endpoint_id))


@bp.post("/<id:endpoint_id>/secrets")
@signed_in(back_to=to_page)
def rotate(endpoint_id: int) -> ResponseReturnValue:
    """A new secret, which no later page shows again."""
    user_id = current_user.id
    with transaction():
        secret = endpoints.rotate_secret(endpoints.one_of(user_id, endpoint_id))
    return _show(endpoint_id, secret=secret)


@bp.post("/<id:endpoint_id>/activation")
@signed_in(back_to=to_page)
def switch_on(endpoint_id: int) -> ResponseReturnValue:
    """Send to it again."""
    user_id = current_user.id
    with transaction():
        endpoints.switch_on(endpoints.one_of(user_id, endpoint_id))
    flash(_("The endpoint is switched on."), "success")
    return go_to(url_for(".webhook", endpoint_id=endpoint_id))


@bp.post("/<id:endpoint_id>/deletion")
@signed_in(back_to=to_page)
def delete(endpoint_id: int) -> ResponseReturnValue:
    """No endpoint any more, and no log."""
    user_id = current_user.id
    with transaction():
        endpoints.delete(endpoints.one_of(user_id, endpoint_id))
    flash(_("The endpoint is deleted."), "success")
    return go_to(url_for(".webhooks"))


@bp.post("/<id:endpoint_id>/deliveries/<id:delivery_id>/repetition")
@signed_in(back_to=to_page)
def send_again(endpoint_id: int, delivery_id: int) -> ResponseReturnValue:
    """Send one message once more."""
    user_id = current_user.id
    try:
        with transaction():
            delivery_log.send_again(endpoints.one_of(user_id, endpoint_id), delivery_id)
    except Conflict as refusal:
        flash(str(refusal), "error")
    else:
        flash(_("It is sent again within a minute."), "success")
    return go_to(url_for(".webhook", endpoint_id=endpoint_id))


def _list(form: EndpointForm) -> ResponseReturnValue:
    page = render_template(
        "integrations/webhooks.html",
        form=form,
        endpoints=endpoints.all_of(current_user.id),
        most=endpoints.MOST_ENDPOINTS,
    )
    return page, 422 if form.errors else 200


def _show(
    endpoint_id: int, form: TypesForm | None = None, secret: str | None = None
) -> ResponseReturnValue:
    """`secret` is shown in this answer only, so it is no redirect to a page that has it."""
    endpoint = endpoints.one_of(current_user.id, endpoint_id)
    deliveries, more = delivery_log.page_of(endpoint, request.args.get("after", type=row_id))
    page = render_template(
        "integrations/webhook.html",
        endpoint=endpoint,
        form=form or TypesForm(formdata=None, types=endpoint.types),
        secret=secret,
        deliveries=deliveries,
        more=more,
        autofocus=wants_more_rows(),
    )
    return page, 422 if form and form.errors else 200
