"""Whose orders they are: for those who tell people what concerns them."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from app.db import db
from app.listings.models import Listing
from app.orders.models import Order, OrderStatus

# Who let a reservation go has no evening to hear of.
WITHOUT_TICKETS = (OrderStatus.CANCELLED, OrderStatus.REFUNDED)


@dataclass(frozen=True)
class Parties:
    """The two people of an order."""

    buyer_id: int
    seller_id: int


def parties_of(public_ids: Collection[str]) -> dict[str, Parties]:
    """The buyer and the seller of each of these orders, by public id."""
    rows = db.session.execute(
        select(Order.public_id, Order.buyer_id, Listing.seller_id)
        .join(Listing, Listing.id == Order.listing_id)
        .where(Order.public_id.in_(public_ids))
    )
    return {row.public_id: Parties(row.buyer_id, row.seller_id) for row in rows}


def buyers_for(event_id: int, among: Collection[int]) -> set[int]:
    """Who of these people has tickets for the event, or has reserved some."""
    return set(
        db.session.scalars(
            select(Order.buyer_id)
            .join(Listing, Listing.id == Order.listing_id)
            .where(
                Order.buyer_id.in_(among),
                Listing.event_id == event_id,
                Order.status.not_in(WITHOUT_TICKETS),
            )
        )
    )
