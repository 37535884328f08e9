"""What payments do when something happened elsewhere. Shallow: find the work, do it."""

from sqlalchemy import select

from app.db import db
from app.orders.models import Order
from app.outbox.models import Message
from app.payments import closing, refunds


def finish_closing(message: Message) -> None:
    """An order closes: shut its payment page now. If Stripe does not answer, the sweep goes on."""
    order_id = db.session.scalar(
        select(Order.id).where(Order.public_id == message.data["order_id"])
    )
    db.session.rollback()
    if order_id is not None:
        closing.finish(order_id)


def send_refund(message: Message) -> None:
    """A refund was written: tell Stripe now. If Stripe does not answer, the sweep goes on."""
    refunds.issue(message.data["refund_id"])
