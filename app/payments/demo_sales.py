"""What the demo's people have sold in the last weeks, so that prices have a history.

The rows are what reserving and paying would have left behind, only that Stripe knows nothing of
these payments: a refund of one ends as an incident.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app import clock
from app.accounts.passwords import PasswordHash
from app.catalog.models import Event, Venue
from app.config import settings
from app.db import db
from app.listings.demo import (
    LISTINGS,
    SECTIONS,
    Marketplace,
    sign_up_all,
    usual_price_cents,
)
from app.listings.models import Listing, PastSale, Ticket, TicketStatus
from app.money import fee_cents
from app.orders.models import Actor, Order, OrderStatus, OrderTicket, TimelineEntry
from app.payments.models import AttemptStatus, CheckoutAttempt

CROWD = {f"{name.lower()}@example.org": name for name in ("Aylin", "Emil", "Jonas", "Mila", "Zoe")}
SALES = 700
DAYS_BACK = 80


@dataclass(frozen=True, slots=True)
class _Sale:
    number: int  # of the event, the first being the most popular
    event_id: int
    zone: ZoneInfo
    seller_id: int
    buyer_id: int
    quantity: int
    price_cents: int
    at: datetime


def remember_sales(marketplace: Marketplace, password_hash: PasswordHash) -> None:
    """Offers that are sold out, and the orders that paid for them, over the last weeks."""
    dice = Random("ticketbay demo sales")
    crowd = sign_up_all(CROWD, password_hash)
    zones = dict(
        db.session.execute(
            select(Event.id, Venue.timezone)
            .join(Event.venue)
            .where(Event.id.in_(marketplace.events))
        ).all()
    )
    # Some get cheaper as the day comes near, some dearer.
    trends = [dice.uniform(-0.25, 0.9) for _ in marketplace.events]
    for place in range(SALES):
        number = min(int(dice.expovariate(1 / 6)), len(trends) - 2)
        days_ago = DAYS_BACK * dice.random() ** 1.6  # more of them lately
        drift = (1 + trends[number] * days_ago / DAYS_BACK) * dice.gauss(1.1, 0.07)
        event_id = marketplace.events[number]
        seller_id = dice.choice([*marketplace.people, *crowd])
        # Whoever can be signed in as buys little, so that their own pages stay easy to read.
        buyers = {*marketplace.people, *crowd} if dice.random() < 0.05 else {*crowd}
        buyer_id = dice.choice(sorted(buyers - {seller_id}))
        _write(
            _Sale(
                number=number,
                event_id=event_id,
                zone=ZoneInfo(zones[event_id]),
                seller_id=seller_id,
                buyer_id=buyer_id,
                quantity=dice.choice((1, 2, 2, 2, 3, 4)),
                price_cents=max(100 * round(usual_price_cents(number) * drift / 100), 500),
                at=clock.now() - timedelta(days=days_ago, minutes=5),
            ),
            place,
        )


def _write(sale: _Sale, place: int) -> None:
    tickets = [Ticket(seat=str(seat + 1)) for seat in range(sale.quantity)]
    listing = Listing(
        event_id=sale.event_id,
        seller_id=sale.seller_id,
        price_cents=sale.price_cents,
        currency=settings().currency,
        section=SECTIONS[place % len(SECTIONS)],
        row=str((LISTINGS + place) // len(SECTIONS) + 2),  # behind those that are on sale
        created_at=sale.at - timedelta(days=2),
        tickets=tickets,
    )
    db.session.add(listing)
    db.session.flush()
    order = _order(sale, listing)
    db.session.add(order)
    db.session.flush()
    for ticket in tickets:
        ticket.status, ticket.order_id = TicketStatus.SOLD, order.id
    db.session.add_all(OrderTicket(order_id=order.id, ticket_id=ticket.id) for ticket in tickets)
    db.session.add_all(_timeline(order, sale.at))
    db.session.add(_payment(order, sale.at))
    db.session.add(
        PastSale(
            order_id=order.id,
            event_id=sale.event_id,
            seller_id=sale.seller_id,
            sold_on=sale.at.astimezone(sale.zone).date(),
            price_cents=sale.price_cents,
            quantity=sale.quantity,
        )
    )


def _order(sale: _Sale, listing: Listing) -> Order:
    fee = sale.quantity * fee_cents(sale.price_cents, settings().buyer_fee_bps)
    return Order(
        buyer_id=sale.buyer_id,
        listing_id=listing.id,
        listing_version=1,
        quantity=sale.quantity,
        unit_price_cents=sale.price_cents,
        fee_cents=fee,
        total_cents=sale.quantity * sale.price_cents + fee,
        currency=listing.currency,
        status=OrderStatus.COMPLETED,
        created_at=sale.at - timedelta(minutes=5),
        checkout_started_at=sale.at - timedelta(minutes=4),
        expires_at=sale.at + timedelta(minutes=10),
    )


def _timeline(order: Order, completed_at: datetime) -> list[TimelineEntry]:
    reserved, completed = OrderStatus.AWAITING_PAYMENT, OrderStatus.COMPLETED
    return [
        TimelineEntry(
            order_id=order.id, to_status=reserved, actor=Actor.BUYER, at=order.created_at
        ),
        TimelineEntry(
            order_id=order.id,
            from_status=reserved,
            to_status=completed,
            actor=Actor.STRIPE,
            at=completed_at,
        ),
    ]


def _payment(order: Order, paid_at: datetime) -> CheckoutAttempt:
    return CheckoutAttempt(
        order_id=order.id,
        parameters={},
        amount_cents=order.total_cents,
        currency=order.currency,
        status=AttemptStatus.PAID,
        session_expires_at=order.expires_at,
        intent_id=f"demo-{order.id}",
        completed_order=True,
        created_at=order.created_at,
        paid_at=paid_at,
        captured_cents=order.total_cents,
    )
