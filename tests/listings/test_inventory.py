from datetime import timedelta

import pytest

from app import clock
from app.db import transaction
from app.listings import inventory
from app.listings.inventory import allowed_quantities
from app.listings.models import SplitRule, Ticket, TicketStatus
from app.orders.models import Order

MOST = inventory.MOST_TICKETS_AN_ORDER
AVAILABLE = range(0, 25)


@pytest.fixture
def order_for(db, listing, buyer):
    """Makes an order that holds nothing yet. Its id."""

    def make() -> int:
        order = Order(
            buyer=buyer,
            listing=listing,
            listing_version=1,
            quantity=1,
            unit_price_cents=100,
            fee_cents=0,
            total_cents=100,
            currency="EUR",
            expires_at=clock.now() + timedelta(minutes=15),
        )
        db.session.add(order)
        db.session.commit()
        return order.id

    return make


def hold(listing, quantity, order_id, minutes=15):
    until = clock.now() + timedelta(minutes=minutes)
    with transaction():
        return inventory.hold(listing.id, quantity, order_id, until)


def facts(db):
    db.session.rollback()
    query = db.select(Ticket.status, Ticket.order_id).order_by(Ticket.id)
    return [tuple(row) for row in db.session.execute(query)]


# Which quantities a split rule allows, checked for every number of tickets that matters.


@pytest.mark.parametrize("rule", SplitRule)
@pytest.mark.parametrize("available", AVAILABLE)
def test_nobody_takes_more_than_there_is_or_than_an_order_may(rule, available):
    quantities = allowed_quantities(rule, available)

    assert quantities == sorted(set(quantities))
    assert all(1 <= quantity <= min(available, MOST) for quantity in quantities)


@pytest.mark.parametrize("available", AVAILABLE)
def test_any_allows_every_number(available):
    assert allowed_quantities("any", available) == list(range(1, min(available, MOST) + 1))


@pytest.mark.parametrize("available", AVAILABLE)
def test_together_allows_all_that_is_left_and_nothing_else(available):
    assert allowed_quantities("together", available) == ([available] if 1 <= available <= 8 else [])


@pytest.mark.parametrize("available", AVAILABLE)
def test_pairs_leave_no_seat_alone_that_was_not(available):
    for quantity in range(1, min(available, MOST) + 1):
        is_allowed = quantity in allowed_quantities("pairs", available)
        assert is_allowed == (quantity % 2 == 0 or quantity == available)


@pytest.mark.parametrize("available", AVAILABLE)
def test_no_single_ticket_is_left_over(available):
    for quantity in range(1, min(available, MOST) + 1):
        is_allowed = quantity in allowed_quantities("no_single_left", available)
        assert is_allowed == (available - quantity != 1)


@pytest.mark.parametrize("rule", [SplitRule.ANY, SplitRule.PAIRS, SplitRule.NO_SINGLE_LEFT])
@pytest.mark.parametrize("available", AVAILABLE)
def test_every_listing_can_be_sold_to_the_last_ticket(rule, available):
    left = {available}
    for _ in range(available):
        left = {n - quantity for n in left for quantity in allowed_quantities(rule, n)} or left
    assert 0 in left


# Tickets changing hands.


def test_holding_gives_the_tickets_to_the_order(db, listing, order_for):
    order_id = order_for()

    assert len(hold(listing, 2, order_id)) == 2
    assert facts(db) == [("held", order_id)] * 2


def test_holding_more_than_is_left_gives_nothing(db, listing, order_for):
    with pytest.raises(inventory.TicketsUnavailable):
        hold(listing, 3, order_for())
    assert facts(db) == [("available", None)] * 2


def test_a_ticket_that_went_meanwhile_is_not_taken(db, listing, order_for):
    ids = [ticket.id for ticket in listing.tickets]
    first, second = order_for(), order_for()
    hold(listing, 1, first)

    assert inventory.are_available(ids[1:])
    assert not inventory.are_available(ids)
    with transaction():
        assert not inventory.take(ids, second, clock.now())
        db.session.rollback()
    assert facts(db) == [("held", first), ("available", None)]


def test_only_an_orders_own_tickets_are_released(db, listing, order_for):
    mine, theirs = order_for(), order_for()
    hold(listing, 1, mine)
    hold(listing, 1, theirs)

    with transaction():
        assert inventory.release([mine]) == 1
    assert facts(db) == [("available", None), ("held", theirs)]
    with transaction():
        assert inventory.release([mine]) == 0


def test_sold_tickets_are_not_released(db, listing, order_for):
    order_id = order_for()
    hold(listing, 2, order_id)
    with transaction():
        assert inventory.held_count(order_id) == 2
        assert inventory.sell(order_id) == 2

    with transaction():
        assert inventory.release([order_id]) == 0
        assert inventory.sell(order_id) == 0
    assert facts(db) == [("sold", order_id)] * 2


def test_only_sold_tickets_are_voided_and_never_come_back(db, listing, order_for):
    sold, held = order_for(), order_for()
    hold(listing, 1, sold)
    with transaction():
        inventory.sell(sold)
    hold(listing, 1, held)

    with transaction():
        assert inventory.void(sold) == 1
        assert inventory.void(held) == 0
    assert facts(db) == [("void", None), ("held", held)]
    with pytest.raises(inventory.TicketsUnavailable):
        hold(listing, 1, sold)


def test_the_deadline_others_see_moves_only_forward_to_now(db, listing, order_for):
    ahead, passed = order_for(), order_for()
    hold(listing, 1, ahead, minutes=15)
    hold(listing, 1, passed, minutes=-5)
    before = [ticket.held_until for ticket in listing.tickets]

    with transaction():
        inventory.say_payment_is_checked(ahead)
        inventory.say_payment_is_checked(passed)

    after = [ticket.held_until for ticket in listing.tickets]
    assert after[0] <= clock.now() < before[0]
    assert after[1] == before[1]
    assert facts(db)[0][0] == TicketStatus.HELD
