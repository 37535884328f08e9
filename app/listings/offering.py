"""Offering tickets: publish, edit, withdraw.

Each under the listing's lock, as reserving is. What offers a seat also under the
seller's, so that two clicks do not offer it twice.
"""

from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from app import clock
from app.accounts import seller_statements
from app.accounts.models import User
from app.catalog.models import Event
from app.config import settings
from app.db import db, lock
from app.errors import Conflict, Invalid
from app.listings.domain_events import (
    ListingPublished,
    ListingUpdated,
    ListingWithdrawn,
)
from app.listings.models import Listing, ListingStatus, Ticket, TicketStatus
from app.listings.terms import MOST_TICKETS_A_LISTING, Terms, place, seats_text
from app.outbox.recording import record
from app.web.filters import clock_time, short_date

DESCRIPTION = ("notes", "handover_method", "handover_notes")
_COLUMNS = (
    *("price_cents", "face_value_cents", "section", "row", "split_rule"),
    *DESCRIPTION,
)


class TicketsHeld(Conflict):
    """Somebody is paying for a ticket of this listing right now."""


class SeatsOfferedAlready(Conflict):
    """The seller has another offer with such a seat, or sold it."""

    field = "seats"


def publish(*, seller_id: int, event_id: int, **terms: Any) -> Listing:
    """Put tickets on sale; `terms` are the fields of Terms. The new listing.

    Refuses with Invalid (a term that cannot be, a seller who has not said how they sell) or
    Conflict (the event is over or cancelled, or the seller has offered one of the seats already).
    """
    wanted = _checked(**terms)
    if not wanted.count:
        raise Invalid(_("Name the seats, or say how many tickets there are."), field="quantity")
    event = db.session.get_one(Event, event_id)
    _refuse_unless_ahead(event)
    lock(User, seller_id)
    _refuse_who_sells_unsaid(seller_id)
    listing = Listing(
        event_id=event.id, seller_id=seller_id, currency=settings().currency, **_columns(wanted)
    )
    _refuse_seats_offered_already(listing, wanted)
    listing.tickets = [Ticket(seat=seat) for seat in wanted.names]
    db.session.add(listing)
    db.session.flush()
    record(ListingPublished(**_facts(listing)))
    return listing


def edit(listing_id: int, seller_id: int, version: int, stock: str, **terms: Any) -> Listing:
    """Change the offer that the seller saw as `version` with this `stock`.

    `terms` are the fields of Terms. NotFound unless it is the seller's. Conflict while
    somebody pays for one of its tickets, or if it changed or sold meanwhile: the terms
    say which tickets there shall be, and would offer the sold ones once more.
    """
    listing = lock_own(listing_id, seller_id)
    wanted = _checked(**terms)
    refuse_while_held(listing)
    _refuse_unless_editable(listing, version)
    if stock_of(listing) != stock:
        raise Conflict(_("Tickets of this offer were sold meanwhile. Check it and save again."))
    _refuse_seats_offered_already(listing, wanted)
    _arrange_tickets(listing, wanted)
    _change(listing, _columns(wanted))
    return listing


def describe(
    listing_id: int,
    seller_id: int,
    version: int,
    *,
    handover_method: str,
    notes: str | None,
    handover_notes: str | None,
) -> Listing:
    """Change what is said about the offer and its handover, also while a ticket is held.

    Refuses as `edit` does otherwise.
    """
    listing = _locked(listing_id, seller_id)
    wanted = Terms(
        price_cents=listing.price_cents,
        handover_method=handover_method,
        notes=notes,
        handover_notes=handover_notes,
    )
    _refuse_unless_editable(listing, version)
    _change(listing, {name: getattr(wanted, name) for name in DESCRIPTION})
    return listing


def withdraw(listing_id: int, seller_id: int, version: int) -> Listing:
    """Take what is left off the market. What was sold stays sold; a second click does no harm.

    NotFound unless it is the seller's. Conflict while a ticket is held, or if it changed.
    """
    listing = _locked(listing_id, seller_id)
    if listing.status == ListingStatus.WITHDRAWN:
        return listing
    refuse_while_held(listing)
    if listing.version != version:
        raise Conflict(_("This offer has changed meanwhile. Check it before you withdraw it."))
    listing.status = ListingStatus.WITHDRAWN
    listing.version += 1
    db.session.flush()
    record(ListingWithdrawn(**_facts(listing)))
    return listing


def lock_own(listing_id: int, seller_id: int) -> Listing:
    """The listing as it is now and stays until the transaction ends. NotFound unless it is theirs.

    For those who look at it before they edit, describe or withdraw it.
    """
    lock(User, seller_id)
    return _locked(listing_id, seller_id)


def refuse_while_held(listing: Listing) -> None:
    """TicketsHeld while somebody pays for one of its tickets."""
    if reason := why_held(listing):
        raise TicketsHeld(reason)


def terms_of(listing: Listing) -> dict[str, Any]:
    """The terms as they are now, as `edit` takes them."""
    seats = [ticket.seat for ticket in _available(listing)]
    return {
        **{name: getattr(listing, name) for name in _COLUMNS},
        "seats": [seat for seat in seats if seat] or None,
        "quantity": len(seats),
    }


def why_held(listing: Listing) -> str | None:
    """Why the deal cannot be changed now and until when, in the venue's zone. None if it can."""
    deadlines = [ticket.held_until for ticket in listing.tickets if ticket.held_until]
    if not deadlines:
        return None
    if min(deadlines) <= clock.now():
        return _(
            "A buyer has reserved tickets of this offer and its payment is being checked. "
            "Try again in a few minutes."
        )
    zone, until = listing.event.venue.zone, max(deadlines)
    return _(
        "A buyer has reserved tickets of this offer until %(time)s (%(date)s, %(zone)s). "
        "You can change it after that.",
        time=clock_time(until, zone),
        date=short_date(until, zone),
        zone=zone.key,
    )


def unsold(listing: Listing) -> list[Ticket]:
    """The tickets that are on sale or held."""
    return [
        ticket
        for ticket in listing.tickets
        if ticket.status in (TicketStatus.AVAILABLE, TicketStatus.HELD)
    ]


def stock_of(listing: Listing) -> str:
    """Names the tickets on sale: what a form carries, so that `edit` knows what its seller saw."""
    return ",".join(str(ticket.id) for ticket in _available(listing))


def _checked(**terms: Any) -> Terms:
    wanted = Terms(**terms)
    wanted.check_money(settings().buyer_fee_bps, settings().currency)
    return wanted


def _locked(listing_id: int, seller_id: int) -> Listing:
    listing = db.session.get(Listing, listing_id)
    if listing is None or listing.seller_id != seller_id:
        raise NotFound
    listing = lock(Listing, listing_id)
    db.session.expire(listing, ["tickets"])  # read again what others did before we had the lock
    return listing


def _refuse_unless_ahead(event: Event) -> None:
    if event.is_cancelled:
        raise Conflict(_("This event is cancelled. Its tickets cannot be offered."))
    if event.has_begun():
        raise Conflict(
            _("This event is over or has begun. Its tickets cannot be offered any more.")
        )


def _refuse_who_sells_unsaid(seller_id: int) -> None:
    """Buyers must be told whether they buy from a trade, which only the seller can say."""
    if seller_statements.latest_of(seller_id) is None:
        raise Invalid(
            _("Say that you sell privately. A trade enters its business on its account first."),
            field="sells_privately",
        )


def _refuse_unless_editable(listing: Listing, version: int) -> None:
    if listing.version != version:
        raise Conflict(_("This offer has changed meanwhile. Check it and save again."))
    if listing.status != ListingStatus.ACTIVE:
        raise Conflict(_("You have withdrawn this offer. Publish a new one instead."))
    _refuse_unless_ahead(listing.event)


def _refuse_seats_offered_already(listing: Listing, wanted: Terms) -> None:
    """SeatsOfferedAlready if what is new to the listing is on sale, held or sold in another."""
    if not (wanted.section or wanted.row):
        return  # there may be a seat 4 in every block
    seats = {place(wanted.section, wanted.row, seat): seat for seat in wanted.seats or ()}
    for ticket in _available(listing):
        seats.pop(place(listing.section, listing.row, ticket.seat), None)
    if not seats:
        return
    offers = (
        select(Listing.section, Listing.row, Ticket.seat, Ticket.status, Listing.status)
        .join(Listing.tickets)
        .where(
            Listing.event_id == listing.event_id,
            Listing.seller_id == listing.seller_id,
            Listing.id != listing.id,
            Ticket.seat.is_not(None),
            Ticket.status != TicketStatus.VOID,
        )
    )
    offered = {
        place(section, row, seat)
        for section, row, seat, status, of_listing in db.session.execute(offers)
        if status != TicketStatus.AVAILABLE or of_listing == ListingStatus.ACTIVE
    }
    if twice := [seat for here, seat in seats.items() if here in offered]:
        raise SeatsOfferedAlready(
            ngettext(
                "You have offered seat %(seats)s for this event already. "
                "Change that offer, or name others.",
                "You have offered seats %(seats)s for this event already. "
                "Change that offer, or name others.",
                len(twice),
                seats=seats_text(twice),
            )
        )


def _change(listing: Listing, columns: dict[str, Any]) -> None:
    for name, value in columns.items():
        setattr(listing, name, value)
    listing.version += 1
    db.session.flush()
    record(ListingUpdated(**_facts(listing)))


def _arrange_tickets(listing: Listing, wanted: Terms) -> None:
    """Make what is on sale be what is wanted: seats that stay, are renamed, come and go."""
    taken = {place(t.seat) for t in listing.tickets if t.status == TicketStatus.SOLD}
    if twice := [seat for seat in wanted.seats or () if place(seat) in taken]:
        raise Invalid(_("Seat %(seat)s is already sold.", seat=twice[0]), field="seats")
    sold = sum(ticket.status == TicketStatus.SOLD for ticket in listing.tickets)
    if not wanted.count:
        raise Invalid(_("An offer has at least one ticket. Withdraw it instead."), field="quantity")
    if sold + wanted.count > MOST_TICKETS_A_LISTING:
        raise Invalid(
            _(
                "An offer has at most %(most)s tickets, sold ones included.",
                most=MOST_TICKETS_A_LISTING,
            ),
            field="quantity",
        )

    spare = _available(listing)
    missing: list[str | None] = []
    for seat in wanted.names:
        same = next((ticket for ticket in spare if ticket.seat == seat), None)
        if same:
            spare.remove(same)
        else:
            missing.append(seat)
    for ticket in spare[len(missing) :]:
        # Not deleted: an order that ran out may have had it. Nameless, so that the name is free.
        ticket.status, ticket.seat = TicketStatus.VOID, None
    db.session.flush()
    for ticket, seat in zip(spare, missing, strict=False):
        ticket.seat = seat
    listing.tickets += [Ticket(seat=seat) for seat in missing[len(spare) :]]


def _available(listing: Listing) -> list[Ticket]:
    return [ticket for ticket in listing.tickets if ticket.status == TicketStatus.AVAILABLE]


def _columns(wanted: Terms) -> dict[str, Any]:
    return {name: getattr(wanted, name) for name in _COLUMNS}


def _facts(listing: Listing) -> dict[str, Any]:
    return {
        "listing_id": listing.id,
        "event_id": listing.event_id,
        "price_cents": listing.price_cents,
        "currency": listing.currency,
        "quantity": len(_available(listing)),
        "listing_version": listing.version,
    }
