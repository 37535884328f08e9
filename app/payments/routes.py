from flask import Blueprint, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.access import anyone, signed_in
from app.errors import Refusal
from app.orders.pages import order_or_404, order_page
from app.payments import checkout, gateway, reconciliation, webhooks
from app.web.pages import go_to
from app.web.security import csrf

bp = Blueprint("payments", __name__)

LONGEST_WEBHOOK_BYTES = 512 * 1024


@bp.post("/orders/<public_id:public_id>/checkout")
@signed_in(back_to=lambda public_id: url_for("orders.show", public_id=public_id))
def pay(public_id: str) -> ResponseReturnValue:
    """Off to the payment page, or back to the order if there is nothing to pay any more."""
    order_id = order_or_404(public_id).id
    try:
        url = checkout.start_checkout(order_id)
    except Refusal as refusal:
        return order_page(public_id, refusal)
    return go_to(url or url_for("orders.show", public_id=public_id))


@bp.get("/orders/<public_id:public_id>/return")
@signed_in
def returned(public_id: str) -> ResponseReturnValue:
    """Back from the payment page. Whatever the address says, Stripe is asked what happened."""
    reconciliation.ask_about(order_or_404(public_id).id)
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
