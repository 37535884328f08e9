"""Offering tickets: put on sale, and taken off it.

What offers a seat stands under its seller's lock, so that two clicks do not offer it twice.
What changes a listing stands under the listing's, as reserving does.
"""

from typing import Any

from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from app.accounts import seller_statements
from app.accounts.models import User
from app.catalog.models import Event
from app.config import settings
from app.db import db, lock
from app.errors import Conflict, Invalid
from app.listings.domain_events import ListingPublished, ListingWithdrawn
from app.listings.double_offers import refuse_seats_offered_already
from app.listings.holds import refuse_while_held
from app.listings.models import Listing, ListingStatus, Ticket
from app.listings.terms import Terms
from app.outbox.recording import record


def publish(*, seller_id: int, event_id: int, **terms: Any) -> Listing:
    """Put tickets on sale; `terms` are the fields of Terms. The new listing.

    Refuses with Invalid (a term that cannot be, a seller who has not said how they sell) or
    Conflict (the event is over or cancelled, or the seller has offered one of the seats already).
    """
    wanted = checked(**terms)
    if not wanted.count:
        raise Invalid(_("Name the seats, or say how many tickets there are."), field="quantity")
    event = db.session.get_one(Event, event_id)
    refuse_unless_ahead(event)
    lock(User, seller_id)
    _refuse_who_sells_unsaid(seller_id)
    listing = Listing(
        event_id=event.id, seller_id=seller_id, currency=settings().currency, **wanted.columns
    )
    refuse_seats_offered_already(listing, wanted)
    listing.tickets = [Ticket(seat=seat) for seat in wanted.names]
    db.session.add(listing)
    db.session.flush()
    record(ListingPublished(**facts_of(listing)))
    return listing


def withdraw(listing_id: int, seller_id: int, version: int) -> Listing:
    """Take what is left off the market. What was sold stays sold; a second click does no harm.

    NotFound unless it is the seller's. Conflict while a ticket is held, or if it changed.
    """
    listing = locked(listing_id, seller_id)
    if listing.status == ListingStatus.WITHDRAWN:
        return listing
    refuse_while_held(listing)
    if listing.version != version:
        raise Conflict(_("This offer has changed meanwhile. Check it before you withdraw it."))
    listing.status = ListingStatus.WITHDRAWN
    listing.version += 1
    db.session.flush()
    record(ListingWithdrawn(**facts_of(listing)))
    return listing


def checked(**terms: Any) -> Terms:
    """The terms of an offer. Invalid, naming the field, if they or their prices cannot be."""
    wanted = Terms(**terms)
    wanted.check_money(settings().buyer_fee_bps, settings().currency)
    return wanted


def locked(listing_id: int, seller_id: int) -> Listing:
    """The seller's listing, locked until the transaction ends. NotFound unless it is theirs."""
    listing = db.session.get(Listing, listing_id)
    if listing is None or listing.seller_id != seller_id:
        raise NotFound
    listing = lock(Listing, listing_id)
    db.session.expire(listing, ["tickets"])  # read again what others did before we had the lock
    return listing


def lock_own(listing_id: int, seller_id: int) -> Listing:
    """The same under the seller's lock, too, for whoever may add a seat."""
    lock(User, seller_id)
    return locked(listing_id, seller_id)


def refuse_unless_ahead(event: Event) -> None:
    """Conflict if tickets for the event cannot be offered any more."""
    if event.is_cancelled:
        raise Conflict(_("This event is cancelled. Its tickets cannot be offered."))
    if event.has_begun():
        raise Conflict(
            _("This event is over or has begun. Its tickets cannot be offered any more.")
        )


def facts_of(listing: Listing) -> dict[str, Any]:
    """What a domain event tells of the listing."""
    return {
        "listing_id": listing.id,
        "event_id": listing.event_id,
        "price_cents": listing.price_cents,
        "currency": listing.currency,
        "quantity": len(listing.available),
        "listing_version": listing.version,
    }


def _refuse_who_sells_unsaid(seller_id: int) -> None:
    """Buyers must be told whether they buy from a trade, which only the seller can say."""
    if seller_statements.latest_of(seller_id) is None:
        raise Invalid(
            _("Say that you sell privately. A trade enters its business on its account first."),
            field="sells_privately",
        )
