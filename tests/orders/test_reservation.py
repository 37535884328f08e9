from datetime import UTC, datetime, timedelta

import pytest

from app import clock, jobs
from app.catalog.models import EventStatus
from app.db import lock, transaction
from app.errors import Conflict, Forbidden, Invalid
from app.listings.inventory import TicketsUnavailable
from app.listings.models import Listing, ListingStatus, Ticket, TicketStatus
from app.orders import cancellation, fulfilment, reservation
from app.orders.models import Actor, Order, OrderTicket, TimelineEntry
from app.orders.reservation import OfferChanged
from app.outbox.models import Message


def test_reserving_takes_the_tickets_off_the_market(db, listing, reserve, available):
    order = reserve(2)

    assert order.is_awaiting_payment
    assert available(listing) == 0
    assert {(t.status, t.order_id, t.held_until) for t in listing.tickets} == {
        (TicketStatus.HELD, order.id, order.expires_at)
    }


def test_the_order_remembers_which_tickets_it_had(db, listing, reserve):
    order = reserve(2)

    kept = db.session.scalars(db.select(OrderTicket.ticket_id).filter_by(order_id=order.id))
    assert set(kept) == {ticket.id for ticket in listing.tickets}


def test_a_reservation_lasts_the_hold_time(reserve):
    before = clock.now()
    order = reserve()
    after = clock.now()

    hold = timedelta(seconds=900)
    assert before + hold <= order.expires_at <= after + hold


def test_the_price_is_frozen_when_reserving(db, listing, reserve):
    order = reserve(2)
    with transaction():
        lock(Listing, listing.id).price_cents = 9900

    assert (order.unit_price_cents, order.fee_cents, order.total_cents) == (4500, 450, 9450)
    assert (order.currency, order.listing_version) == ("EUR", 1)


@pytest.mark.parametrize(
    ("price_cents", "quantity", "fee_cents"),
    [
        (1000, 1, 50),
        (1010, 1, 51),  # 50.5 goes up
        (1010, 3, 153),  # three times 51, not 151.5
        (1009, 3, 150),  # three times 50.45, each down
        (1, 8, 0),
    ],
)
def test_the_fee_is_rounded_half_up_per_ticket(offer, reserve, price_cents, quantity, fee_cents):
    order = reserve(quantity, of=offer(tickets=8, price_cents=price_cents))

    assert order.fee_cents == fee_cents
    assert order.total_cents == quantity * price_cents + fee_cents


def test_a_reservation_is_written_down_and_told(db, reserve):
    order = reserve(2)

    entry = db.session.scalars(db.select(TimelineEntry)).one()
    assert (entry.from_status, entry.to_status, entry.actor) == (
        None,
        "awaiting_payment",
        Actor.BUYER,
    )
    message = db.session.scalars(db.select(Message)).one()
    assert (message.type, message.subject) == ("order.reserved", f"orders/{order.public_id}")
    assert message.data == {
        "order_id": order.public_id,
        "listing_id": order.listing_id,
        "quantity": 2,
        "total_cents": 9450,
        "currency": "EUR",
        "status": "awaiting_payment",
        "expires_at": order.expires_at.isoformat(),
    }


def test_orders_of_one_slot_share_one_alarm_after_their_deadlines(offer, reserve, monkeypatch):
    listing = offer(tickets=3)
    alarms = []
    monkeypatch.setattr(
        jobs, "enqueue_at", lambda at, function, job_id: alarms.append((at, job_id))
    )
    slot_begins = datetime(2026, 1, 1, 20, 0, tzinfo=UTC)
    deadlines = []
    for seconds in (0.5, 2.5, 3.5):
        monkeypatch.setattr(clock, "now", lambda s=seconds: slot_begins + timedelta(seconds=s))
        deadlines.append(reserve(of=listing).expires_at)

    assert alarms[0] == alarms[1] != alarms[2]
    # RQ rings up to a second early, so the alarm is set a second late.
    assert all(
        deadline + timedelta(seconds=1) <= at
        for deadline, (at, _) in zip(deadlines, alarms, strict=True)
    )


def test_the_slower_buyer_gets_nothing_at_all(db, listing, reserve, rival, available, told):
    reserve(1, by=rival)

    with pytest.raises(TicketsUnavailable):
        reserve(2)

    assert available(listing) == 1
    assert db.session.query(Order).count() == 1
    assert told() == ["order.reserved"]


def test_nobody_buys_their_own_tickets(seller, reserve):
    with pytest.raises(Forbidden, match="your own tickets"):
        reserve(by=seller)


def test_a_changed_offer_is_not_bought_unseen(db, listing, buyer):
    listing.price_cents, listing.version = 9900, 2
    db.session.commit()

    with pytest.raises(OfferChanged), transaction():
        reservation.reserve(listing.id, buyer.id, quantity=1, version=1)


def test_a_withdrawn_offer_is_gone(db, listing, reserve):
    listing.status = ListingStatus.WITHDRAWN
    db.session.commit()

    with pytest.raises(OfferChanged):
        reserve()


def test_tickets_of_a_cancelled_event_are_not_sold(db, event, reserve):
    event.status = EventStatus.CANCELLED
    db.session.commit()

    with pytest.raises(Conflict, match="over or cancelled"):
        reserve()


def test_tickets_are_not_sold_once_the_event_has_begun(reserve, later):
    later(days=31)

    with pytest.raises(Conflict, match="over or cancelled"):
        reserve()


def test_a_refunded_ticket_is_never_offered_again(reserve, pay, listing):
    order = pay(reserve(2))
    with transaction():
        fulfilment.refund(lock(Order, order.id), actor=Actor.OPERATOR, reason="event cancelled")

    with pytest.raises(TicketsUnavailable):
        reserve()


def test_the_fifth_unpaid_order_is_refused(db, offer, reserve, begin_checkout):
    listing = offer(tickets=6)
    reserve(of=listing)
    closing = begin_checkout(reserve(of=listing))
    processing = reserve(of=listing)
    with transaction():
        cancellation.cancel(closing.id, actor=Actor.BUYER, reason="buyer")
        fulfilment.payment_is_on_its_way(lock(Order, processing.id))
    reserve(of=listing)

    with pytest.raises(Conflict, match="4 unpaid reservations"):
        reserve(of=listing)


def test_paid_and_cancelled_orders_do_not_count_as_unpaid(offer, reserve, pay):
    listing = offer(tickets=6)
    orders = [reserve(of=listing) for _ in range(4)]
    pay(orders[0])
    reserve(of=listing)
    with transaction():
        cancellation.cancel(orders[1].id, actor=Actor.BUYER, reason="buyer")
    reserve(of=listing)


@pytest.mark.parametrize(
    ("split_rule", "tickets", "quantity", "why"),
    [
        ("any", 12, 9, "between 1 and 8"),
        ("any", 3, 0, "between 1 and 3"),
        ("together", 4, 3, "all 4 tickets together"),
        ("pairs", 5, 3, "even number"),
        ("no_single_left", 3, 2, "single ticket over"),
        ("no_single_left", 3, 0, "between 1 and 3"),
        ("pairs", 4, -2, "between 1 and 4"),
    ],
)
def test_a_quantity_the_split_rule_forbids_is_refused(
    offer, reserve, split_rule, tickets, quantity, why
):
    listing = offer(tickets=tickets, split_rule=split_rule)

    with pytest.raises(Invalid, match=why) as refusal:
        reserve(quantity, of=listing)
    assert refusal.value.field == "quantity"


def test_the_split_rule_judges_what_is_left(offer, reserve, rival):
    listing = offer(tickets=5, split_rule="pairs")
    reserve(4, of=listing, by=rival)

    assert reserve(1, of=listing).quantity == 1


@pytest.mark.parametrize(
    ("facts", "quantity", "version", "refusal"),
    [
        ({}, 3, 1, TicketsUnavailable),
        ({}, 1, 2, OfferChanged),
        ({"status": "withdrawn"}, 1, 1, OfferChanged),
    ],
)
def test_the_hopeless_is_refused_without_a_lock(offer, facts, quantity, version, refusal):
    with pytest.raises(refusal):
        reservation.refuse_if_hopeless(offer(**facts).id, quantity, version)


def test_what_has_hope_passes(listing):
    reservation.refuse_if_hopeless(listing.id, 2, 1)


def test_an_unknown_listing_is_hopeless(db):
    with pytest.raises(Invalid, match="no such listing"):
        reservation.refuse_if_hopeless(999, 1, 1)


def test_whoever_names_no_version_takes_the_offer_as_it_is(offer, buyer):
    listing = offer(version=3)
    reservation.refuse_if_hopeless(listing.id, 1, None)
    with transaction():
        order = reservation.reserve(listing.id, buyer.id, 1, None)
        assert order.listing_version == 3


def test_no_ticket_is_left_held_by_a_refused_reservation(db, listing, reserve, seller):
    with pytest.raises(Forbidden):
        reserve(by=seller)

    assert db.session.query(Ticket).filter(Ticket.order_id.is_not(None)).count() == 0
