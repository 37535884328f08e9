"""Who wins when many reserve at once. Each guard is also switched off, to see the race it wins."""

import pytest

from app.listings import inventory
from app.listings.models import Ticket, TicketStatus
from app.orders.models import UNPAID, Order
from tests.races.conftest import CONTESTANTS

ONE_WINNER = {"won": 1, "TicketsUnavailable": CONTESTANTS - 1}


@pytest.fixture
def crowd(person):
    """The ids of as many buyers as there are contestants."""
    return [person(f"fan{number}").id for number in range(CONTESTANTS)]


@pytest.fixture
def tickets(db):
    """How many tickets of a listing are in a status."""

    def count(listing_id, status=TicketStatus.AVAILABLE):
        db.session.rollback()
        return db.session.query(Ticket).filter_by(listing_id=listing_id, status=status).count()

    return count


def live_orders(db):
    db.session.rollback()
    return db.session.query(Order).filter(Order.status.in_(UNPAID)).count()


# One ticket


def test_one_ticket_has_one_winner(db, offer, crowd, reserve, at_once, slow):
    listing_id = offer(tickets=1).id
    calls = [lambda fan=fan: reserve(listing_id, fan) for fan in crowd]

    assert at_once(calls) == ONE_WINNER
    assert live_orders(db) == 1


def test_without_the_lock_the_condition_still_has_one_winner(
    offer, crowd, reserve, at_once, slow, without_locks
):
    listing_id = offer(tickets=1).id
    calls = [lambda fan=fan: reserve(listing_id, fan) for fan in crowd]

    assert at_once(calls)["won"] == 1


def test_control_with_neither_lock_nor_condition_one_ticket_is_sold_to_many(
    offer, crowd, reserve, at_once, slow, without_locks, without_conditions
):
    listing_id = offer(tickets=1).id
    calls = [lambda fan=fan: reserve(listing_id, fan) for fan in crowd]

    assert at_once(calls)["won"] > 1


# The limit of unpaid orders


def test_many_windows_of_one_buyer_get_four_reservations(db, offer, buyer, reserve, at_once, slow):
    listing_id, buyer_id = offer(tickets=CONTESTANTS).id, buyer.id

    outcome = at_once([lambda: reserve(listing_id, buyer_id)] * CONTESTANTS)
    assert outcome == {"won": 4, "TooManyUnpaidOrders": CONTESTANTS - 4}
    assert live_orders(db) == 4


def test_windows_on_different_listings_share_the_limit(db, offer, buyer, reserve, at_once, slow):
    ids, buyer_id = [offer(tickets=1).id for _ in range(CONTESTANTS)], buyer.id

    outcome = at_once([lambda id=id: reserve(id, buyer_id) for id in ids])
    assert outcome == {"won": 4, "TooManyUnpaidOrders": CONTESTANTS - 4}


def test_control_without_the_lock_one_buyer_gets_more_than_four(
    db, offer, buyer, reserve, at_once, slow, without_locks
):
    ids, buyer_id = [offer(tickets=1).id for _ in range(CONTESTANTS)], buyer.id

    assert at_once([lambda id=id: reserve(id, buyer_id) for id in ids])["won"] > 4


# Split rules


def test_no_single_ticket_is_left_by_two_at_once(offer, crowd, reserve, at_once, slow, tickets):
    listing_id = offer(tickets=5, split_rule="no_single_left").id
    calls = [lambda fan=fan: reserve(listing_id, fan, 2) for fan in crowd]

    assert at_once(calls) == {"won": 1, "Invalid": CONTESTANTS - 1}
    assert tickets(listing_id) == 3


@pytest.fixture
def two_take_two_of_five(offer, buyer, rival, reserve, at_the_worst_moment):
    """A rival reserves between a buyer's look at what is left and their taking it."""

    def play():
        listing_id, buyer_id, rival_id = (
            offer(tickets=5, split_rule="no_single_left").id,
            buyer.id,
            rival.id,
        )
        end = at_the_worst_moment(inventory, "hold", lambda: reserve(listing_id, rival_id, 2))
        reserve(listing_id, buyer_id, 2)
        return listing_id, end()

    return play


def test_the_split_rule_holds_at_the_worst_moment(two_take_two_of_five, tickets):
    listing_id, rival = two_take_two_of_five()

    assert rival == "Invalid"
    assert tickets(listing_id) == 3


def test_control_without_the_lock_a_single_ticket_is_left(
    two_take_two_of_five, tickets, without_locks
):
    listing_id, rival = two_take_two_of_five()

    assert rival == "won"
    assert tickets(listing_id) == 1
