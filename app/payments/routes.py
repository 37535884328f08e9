from flask import Blueprint, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select

from app.accounts.access import anyone, signed_in
from app.db import db
from app.orders.models import Order
from app.payments import checkout, gateway, reconciliation, webhooks
from app.web.pages import go_to
from app.web.security import csrf

bp = Blueprint("payments", __name__)

LONGEST_WEBHOOK_BYTES = 512 * 1024


@bp.post("/orders/<public_id>/checkout")
@signed_in(back_to=lambda public_id: url_for("orders.show", public_id=public_id))
def pay(public_id: str) -> ResponseReturnValue:
    """Off to the payment page, or back to the order if there is nothing to pay any more."""
    order_id = _own_order(public_id).id
    url = checkout.start_checkout(order_id)
    return go_to(url or url_for("orders.show", public_id=public_id))


@bp.get("/orders/<public_id>/return")
@signed_in
def returned(public_id: str) -> ResponseReturnValue:
    """Back from the payment page. Whatever the address says, Stripe is asked what happened."""
    reconciliation.ask_about(_own_order(public_id).id)
    return redirect(url_for("orders.show", public_id=public_id), code=303)


@bp.post("/webhooks/stripe")
@csrf.exempt
@anyone
def stripe_webhook() -> ResponseReturnValue:
    """Verify, store, answer. What it means is asked by a job."""
    if (request.content_length or 0) > LONGEST_WEBHOOK_BYTES:
        abort(413)
    payload = request.get_data(cache=False)
    try:
        notice = gateway.read_webhook(payload, request.headers.get("Stripe-Signature", ""))
    except gateway.BadSignature as error:
        current_app.logger.error("webhook refused: %s", error)
        return {"error": "bad signature"}, 400
    webhooks.take_in(notice)
    return {"received": True}


def _own_order(public_id: str) -> Order:
    """The order, found through its buyer. 404 for everybody else."""
    return db.first_or_404(
        select(Order).where(Order.public_id == public_id, Order.buyer_id == current_user.id)
    )
