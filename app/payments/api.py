"""Paying for programs: where to send the buyer."""

from flask import abort
from pydantic import Field

from app.accounts.access import bearer, caller
from app.api import Output, api_blueprint, operation
from app.orders import history
from app.payments import checkout

bp = api_blueprint("payments", __name__)


class Checkout(Output):
    """Where the order is paid: open it in the buyer's browser."""

    checkout_url: str = Field(examples=["https://checkout.stripe.com/c/pay/cs_test_a1b2c3d4"])


@bp.post("/orders/<public_id:public_id>/checkout")
@bearer
@operation(answers={200: Checkout}, problems=(409,), takes_idempotency_key=True)
def create_checkout(public_id: str) -> Checkout:
    """Begin to pay an order.

    Stripe's page takes the payment. As long as it is open the same address is given again.
    Whoever pays comes back to the order's page; look at the order itself to see what became of
    it. From now on cancelling it asks Stripe first.

    409 says that there is nothing to pay any more (`nothing-to-pay`), or that too little time is
    left to begin (`too-late-to-pay`). While Stripe does not answer it is a 503; nothing was
    charged then, unless `detail` says that it cannot be seen.
    """
    order = history.order_of(caller().id, public_id) or abort(404)
    url = checkout.start_checkout(order.id)
    if url is None:
        raise checkout.NothingToPay
    return Checkout(checkout_url=url)
