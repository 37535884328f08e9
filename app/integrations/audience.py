"""Whom a domain event concerns, and what of it each of them sees.

Nobody is told of what they could not see on their own pages. What an event says is never
personal, but a seller has no business with what goes wrong between a buyer and their bank.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from app.db import db
from app.integrations.models import WebhookEndpoint
from app.listings import sellers
from app.orders import parties
from app.outbox.models import Message


class Role(StrEnum):
    """What somebody is in a domain event."""

    BUYER = "buyer"
    SELLER = "seller"
    VISITOR = "visitor"  # has tickets for the event, or offers some
    OWNER = "owner"  # of the endpoint


Roles = dict[int, Role]  # by user

WITHHELD: Mapping[tuple[str, Role], frozenset[str]] = {
    ("order.closing", Role.SELLER): frozenset({"reason"}),
    ("order.cancelled", Role.SELLER): frozenset({"reason"}),
    ("refund.issued", Role.SELLER): frozenset({"refund_id", "reason"}),
}


def audience_of(messages: Sequence[Message], among: Collection[int]) -> dict[str, Roles]:
    """Which of these people each message concerns, and as what, by the message's id."""
    told: dict[str, Roles] = {message.id: {} for message in messages}
    for find in FINDERS:
        theirs = [message for message in messages if FINDS[message.type] is find]
        if theirs:
            for message_id, roles in find(theirs, among).items():
                told[message_id] = {user: roles[user] for user in roles if user in among}
    return told


def shown_to(role: str, message: Message) -> dict[str, Any]:
    """The facts of the message that somebody in this role sees."""
    withheld = WITHHELD.get((message.type, Role(role)), frozenset())
    return {name: value for name, value in message.data.items() if name not in withheld}


def _of_orders(messages: Sequence[Message], among: Collection[int]) -> dict[str, Roles]:
    found = parties.parties_of({message.data["order_id"] for message in messages})
    return {
        message.id: {both.buyer_id: Role.BUYER, both.seller_id: Role.SELLER}
        for message in messages
        if (both := found.get(message.data["order_id"]))
    }


def _of_listings(messages: Sequence[Message], among: Collection[int]) -> dict[str, Roles]:
    found = sellers.sellers_of({message.data["listing_id"] for message in messages})
    return {
        message.id: {found[listing_id]: Role.SELLER}
        for message in messages
        if (listing_id := message.data["listing_id"]) in found
    }


def _of_events(messages: Sequence[Message], among: Collection[int]) -> dict[str, Roles]:
    found = {
        event_id: sellers.sellers_for(event_id, among) | parties.buyers_for(event_id, among)
        for event_id in {message.data["event_id"] for message in messages}
    }
    return {
        message.id: dict.fromkeys(found[message.data["event_id"]], Role.VISITOR)
        for message in messages
    }


def _of_endpoints(messages: Sequence[Message], among: Collection[int]) -> dict[str, Roles]:
    ids = {message.data["endpoint_id"] for message in messages}
    rows = db.session.execute(
        select(WebhookEndpoint.id, WebhookEndpoint.owner_id).where(WebhookEndpoint.id.in_(ids))
    )
    owners = {row.id: row.owner_id for row in rows}
    return {
        message.id: {owners[endpoint_id]: Role.OWNER}
        for message in messages
        if (endpoint_id := message.data["endpoint_id"]) in owners
    }


Finder = Callable[[Sequence[Message], Collection[int]], dict[str, Roles]]

FINDERS: Sequence[Finder] = (_of_orders, _of_listings, _of_events, _of_endpoints)
# Every type that can be subscribed to. A test fails if one is missing.
FINDS: Mapping[str, Finder] = {
    "order.reserved": _of_orders,
    "order.processing": _of_orders,
    "order.completed": _of_orders,
    "order.closing": _of_orders,
    "order.cancelled": _of_orders,
    "order.refunded": _of_orders,
    "payment.received": _of_orders,
    "refund.issued": _of_orders,
    "listing.published": _of_listings,
    "listing.updated": _of_listings,
    "listing.withdrawn": _of_listings,
    "event.created": _of_events,
    "event.changed": _of_events,
    "endpoint.disabled": _of_endpoints,
}
TYPES = tuple(FINDS)
