"""Whose listings they are: for those who tell people what concerns them."""

from collections.abc import Collection

from sqlalchemy import select

from app.db import db
from app.listings.models import Listing


def sellers_of(listing_ids: Collection[int]) -> dict[int, int]:
    """The seller of each of these listings, by the listing's id."""
    rows = db.session.execute(
        select(Listing.id, Listing.seller_id).where(Listing.id.in_(listing_ids))
    )
    return {row.id: row.seller_id for row in rows}


def sellers_for(event_id: int, among: Collection[int]) -> set[int]:
    """Who of these people has offered tickets for the event."""
    return set(
        db.session.scalars(
            select(Listing.seller_id).where(
                Listing.seller_id.in_(among), Listing.event_id == event_id
            )
        )
    )
