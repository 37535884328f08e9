"""What an operator does about money, until there are pages for it."""

from collections.abc import Callable
from typing import TypeVar

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy import select

from app.catalog import scheduling
from app.catalog.models import Event
from app.config import settings
from app.db import db, lock, transaction
from app.errors import Refusal
from app.money import format_cents, parse_cents
from app.orders.models import Order
from app.payments import gateway, refunds
from app.payments import incidents as domain
from app.payments.models import RefundReason

Result = TypeVar("Result")

incidents = AppGroup("incidents", help="Orders whose money needs a decision.")


def init_app(app: Flask) -> None:
    app.cli.add_command(incidents)
    app.cli.add_command(refund_order)
    app.cli.add_command(cancel_event)


@click.command("refund-order")
@click.argument("order_id")
@click.option("--amount", help="A part of it, such as 12.50. Without it, all that is left.")
def refund_order(order_id: str, amount: str | None) -> None:
    """Send the buyer their money back, in full or in part."""
    try:
        cents = parse_cents(amount, settings().currency) if amount else None
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    try:
        with transaction():
            found = db.session.scalar(select(Order.id).where(Order.public_id == order_id))
            if found is None:
                raise click.ClickException(f"There is no order {order_id}.")
            order = lock(Order, found)
            refund = refunds.request(order, cents, reason=RefundReason.REQUESTED)
            sent, status, currency = refund.amount_cents, order.status, order.currency
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(f"{format_cents(sent, currency)} go back. The order is {status}.")


@click.command("cancel-event")
@click.argument("slug")
def cancel_event(slug: str) -> None:
    """Cancel an event: nobody can buy any more, and everybody who paid is refunded by the sweep."""
    with transaction():
        event = db.session.scalar(select(Event).where(Event.slug == slug))
        if event is None:
            raise click.ClickException(f"There is no event {slug}.")
        scheduling.cancel(event)
        title = event.title
    seconds = settings().sweep_seconds
    click.echo(f"{title} is cancelled. Its orders end within some sweeps of {seconds} s.")


@incidents.command("list")
def list_incidents() -> None:
    """What waits for a decision."""
    found = domain.open_incidents()
    for incident in found:
        click.echo(f"{incident.order_id}  {incident.status}  {incident.what}")
    click.echo(f"{len(found)} open" if found else "No open incident.")


@incidents.command("accept")
@click.argument("order_id")
def accept_incident(order_id: str) -> None:
    """Take the payment as it is; the order is completed."""
    _decide(lambda: domain.accept(order_id))
    click.echo("Accepted.")


@incidents.command("refund")
@click.argument("order_id")
def refund_incident(order_id: str) -> None:
    """Give the money back; an unpaid order ends."""
    cents = _decide(lambda: domain.refund(order_id))
    went = f"{format_cents(cents, settings().currency)} go back." if cents else "Nobody had paid."
    click.echo(f"{went} An unpaid order ends within some sweeps.")


def _decide(decision: Callable[[], Result]) -> Result:
    try:
        return decision()
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from refusal
    except (gateway.StripeUnavailable, gateway.StripeRefused) as error:
        raise click.ClickException(f"Stripe does not say: {error}. Try again.") from error
