"""Orders for programs: reserving, one's own orders, and giving tickets back before paying."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Any

from flask import Response, abort, url_for
from pydantic import ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from app import clock
from app.accounts.access import bearer, caller
from app.api import Answer, Input, Output, api_blueprint, kept, operation
from app.api.lists import no_such_place
from app.api.schemas import Cents, Currency, Id, Items, ListQuery, Time, choice_of
from app.db import transaction
from app.listings.inventory import MOST_TICKETS_AN_ORDER
from app.listings.models import HandoverMethod
from app.orders import cancellation, history, reservation
from app.orders.models import Actor, Order, OrderStatus
from app.web.ids import BIGGEST_ID
from app.web.ids import public_id as read_public_id

bp = api_blueprint("orders", __name__)

PublicId = Annotated[
    str,
    Field(description="Letters and digits, not to be guessed."),
    Field(examples=["q7GmZ2rTqYw8bN4xKcV1Ld"]),
]
Status = Annotated[OrderStatus, choice_of(OrderStatus)]
STATUSES = (
    "`awaiting_payment`: the tickets are held until `expires_at`. `closing`: no payment may start "
    "any more, and Stripe is being asked whether one has. `processing`: paid by a method that "
    "settles later. `completed`: paid, the tickets are yours. `cancelled`: nobody paid. "
    "`refunded`: the whole payment went back, and the tickets are void."
)
REASONS = (
    "Such as `expired`, `buyer`, `operator`, `event_cancelled` or `payment_failed`. "
    "More may come with time."
)


class NewOrder(Input):
    """Which tickets to hold, and how many of them."""

    listing_id: Id = Field(examples=[7])
    quantity: int = Field(ge=1, le=MOST_TICKETS_AN_ORDER, examples=[2])
    listing_version: Annotated[int, Field(ge=1, le=BIGGEST_ID)] | None = Field(
        None,
        description="The `version` of the listing that you have seen: if the seller has changed "
        "it since, nothing is reserved. Without it the present one is meant.",
        examples=[1],
    )


class OrdersQuery(ListQuery):
    """Which orders."""

    status: Status | SkipJsonSchema[None] = Field(
        None, description="Only those with this status.", examples=["awaiting_payment"]
    )


class OrderedEvent(Output):
    """What the tickets are for."""

    id: Id = Field(examples=[3])
    title: str = Field(examples=["Blur"])
    starts_at: Time = Field(examples=["2027-03-21T19:30:00Z"])
    venue: str = Field(examples=["Lichthof"])
    city: str = Field(examples=["Leipzig"])


class OrderedTicket(Output):
    """One admission. What is not printed on it is null."""

    section: str | None = Field(examples=["G"])
    row: str | None = Field(examples=["12"])
    seat: str | None = Field(examples=["4"])


class Handover(Output):
    """How the tickets come from the seller to the buyer."""

    seller: str = Field(description="The seller's display name.", examples=["Ada"])
    method: Annotated[HandoverMethod, choice_of(HandoverMethod)] = Field(examples=["transfer"])
    notes: str | None = Field(examples=["I send them on the day before."])


class TimelineStep(Output):
    """One change of the status, or a note about a payment where `from` and `to` are the same."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    from_status: Status | None = Field(
        alias="from", description="Null where it begins.", examples=[None]
    )
    to_status: Status = Field(alias="to", examples=["awaiting_payment"])
    actor: Annotated[Actor, choice_of(Actor)] = Field(description="Who did it.", examples=["buyer"])
    reason: str | None = Field(description=REASONS, examples=[None])
    at: Time = Field(examples=["2027-03-01T12:00:00Z"])


class OrderSummary(Output):
    """An order in a list of one's own."""

    id: PublicId
    status: Status = Field(description=STATUSES, examples=["awaiting_payment"])
    listing_id: Id = Field(examples=[7])
    event: OrderedEvent
    quantity: int = Field(examples=[2])
    unit_price_cents: Cents = Field(
        description="What the seller gets for one ticket.", examples=[4500]
    )
    fee_cents: Cents = Field(description="For all tickets together.", examples=[900])
    total_cents: Cents = Field(description="What the buyer pays in all.", examples=[9900])
    currency: Currency = Field(examples=["EUR"])
    expires_at: Time = Field(
        description="Until then the tickets are held. It stays when they are paid.",
        examples=["2027-03-01T12:15:00Z"],
    )
    created_at: Time = Field(examples=["2027-03-01T12:00:00Z"])
    cancel_reason: str | None = Field(
        description=f"Why it is closing or cancelled. {REASONS}", examples=[None]
    )
    payment_is_checked: bool = Field(
        description="Whether one can but wait for what Stripe or the operator says of a payment. "
        "Do not pay again meanwhile.",
        examples=[False],
    )


class OrderDetails(OrderSummary):
    """An order with its tickets and what has happened to it so far."""

    tickets: Sequence[OrderedTicket]
    handover: Handover | None = Field(description="Once it is completed.")
    timeline: Sequence[TimelineStep] = Field(description="The oldest step first.")


class OrderList(Items[OrderSummary]):
    """One's own orders, the newest first."""

    next_cursor: str | None = Field(examples=["q7GmZ2rTqYw8bN4xKcV1Ld"])


@bp.post("/orders")
@bearer
@operation(
    body=NewOrder,
    answers={201: OrderDetails},
    problems=(403, 409),
    takes_idempotency_key=True,
    gives_location=True,
)
def create_order(body: NewOrder) -> Response:
    """Reserve tickets.

    They are held for you until `expires_at`; pay before that, or they are on sale again. The
    price is the listing's of this moment, and stays. Its address is in `Location`.

    A listing that does not exist is a 422, because it is a value in the body that is wrong. A
    quantity that is never possible, or that the seller's split rule does not allow now, is one
    too. 409 says that somebody was faster (`tickets-unavailable`), that the seller has changed or
    withdrawn the offer (`offer-changed`), that the event is over (`event-over`), or that you have
    four unpaid orders already (`too-many-unpaid-orders`). One's own tickets are a 403
    (`own-tickets`).
    """
    buyer_id = caller().id
    wanted = (body.quantity, body.listing_version)
    reservation.refuse_if_hopeless(body.listing_id, *wanted)
    with transaction():
        order = reservation.reserve(body.listing_id, buyer_id, *wanted)
        location = url_for(".show_order", public_id=order.public_id)
        answer = kept(Answer(_details(order), headers={"Location": location}))
    return answer


@bp.get("/orders")
@bearer
@operation(query=OrdersQuery, answers={200: OrderList})
def list_orders(query: OrdersQuery) -> OrderList:
    """List one's own orders.

    The newest come first. What was ordered after the first page was read is on no later page.
    """
    buyer_id = caller().id
    after = None
    if query.cursor is not None and (after := _place(buyer_id, query.cursor)) is None:
        raise no_such_place()
    orders = history.newest_of(buyer_id, limit=query.limit + 1, status=query.status, after=after)
    shown, now = orders[: query.limit], clock.now()
    return OrderList(
        items=[OrderSummary.model_validate(_summary(order, now)) for order in shown],
        next_cursor=shown[-1].public_id if len(orders) > len(shown) else None,
    )


@bp.get("/orders/<public_id:public_id>")
@bearer
@operation(answers={200: OrderDetails})
def show_order(public_id: str) -> OrderDetails:
    """Read one of one's own orders.

    With its tickets, how they are handed over once it is completed, and what has happened so far.
    To everybody but its buyer it does not exist, to the seller either.
    """
    return _details(_order_or_404(public_id))


@bp.delete("/orders/<public_id:public_id>")
@bearer
@operation(answers={204: None, 202: OrderDetails}, problems=(409,))
def cancel_order(public_id: str) -> Answer:
    """Cancel an order that is not paid.

    204: the tickets are on sale again. 202: a checkout had begun, so Stripe is being asked to
    shut its page; the order is `closing`, and becomes `cancelled`, or `completed` if you have
    paid after all. Cancelling twice is cancelling once. What is paid, or being paid, is a 409
    (`too-late-to-cancel`).
    """
    order_id = _order_or_404(public_id).id
    with transaction():
        order = cancellation.cancel(order_id, actor=Actor.BUYER, reason="buyer")
        answer = (
            Answer(status=204)
            if order.status == OrderStatus.CANCELLED
            else Answer(_details(order), status=202)
        )
    return answer


def _order_or_404(public_id: str) -> Order:
    return history.order_of(caller().id, public_id) or abort(404)


def _place(buyer_id: int, cursor: str) -> tuple[datetime, int] | None:
    """Where the page goes on: after the last order of the one before."""
    with suppress(ValueError):
        return history.place_of(buyer_id, read_public_id(cursor))
    return None


def _details(order: Order) -> OrderDetails:
    listing = order.listing
    handover = None
    if order.status == OrderStatus.COMPLETED:
        handover = {
            "seller": listing.seller.display_name,
            "method": listing.handover_method,
            "notes": listing.handover_notes,
        }
    return OrderDetails.model_validate(
        {
            **_summary(order, clock.now()),
            "tickets": [
                {"section": listing.section, "row": listing.row, "seat": ticket.seat}
                for ticket in order.tickets
            ],
            "handover": handover,
            "timeline": order.timeline,
        }
    )


def _summary(order: Order, now: datetime) -> Mapping[str, Any]:
    event = order.listing.event
    return {
        "id": order.public_id,
        "status": order.status,
        "listing_id": order.listing_id,
        "event": {
            "id": event.id,
            "title": event.title,
            "starts_at": event.starts_at,
            "venue": event.venue.name,
            "city": event.venue.city,
        },
        "quantity": order.quantity,
        "unit_price_cents": order.unit_price_cents,
        "fee_cents": order.fee_cents,
        "total_cents": order.total_cents,
        "currency": order.currency,
        "expires_at": order.expires_at,
        "created_at": order.created_at,
        "cancel_reason": order.cancel_reason,
        "payment_is_checked": order.payment_is_checked(now),
    }
