"""Who wins when a crowd clicks on Reserve, and what happens with the guards off."""

from collections import Counter

import pytest

from app.listings.models import Ticket, TicketStatus
from app.orders.models import UNPAID, Order
from tests.races.over_http.conftest import all_at_once, open_windows

pytestmark = pytest.mark.processes


@pytest.fixture
def crowd(person, cookies_of):
    """The cookies of so many buyers."""
    return lambda number: [cookies_of(person(f"fan{each}")) for each in range(number)]


def click(site, visits, listing_id, quantity=1):
    """Everybody clicks on Reserve in the same moment. How many got which status."""
    windows = open_windows(site, visits, f"/listings/{listing_id}")
    answers = all_at_once([lambda w=window: w.reserves(listing_id, quantity) for window in windows])
    return Counter(answer.status_code for answer in answers)


def counts(db, listing_id):
    """How many unpaid orders of the offer there are, and how many of its tickets are held."""
    db.session.rollback()
    unpaid = Order.status.in_(UNPAID)
    orders = db.session.query(Order).filter_by(listing_id=listing_id).filter(unpaid).count()
    held = db.session.query(Ticket).filter_by(listing_id=listing_id, status=TicketStatus.HELD)
    return orders, held.count()


def test_fifty_buyers_one_ticket_one_winner(db, server, crowd, offer):
    listing_id = offer(tickets=1).id

    assert click(server, crowd(50), listing_id) == {303: 1, 409: 49}
    assert counts(db, listing_id) == (1, 1)


def test_control_with_neither_lock_nor_condition_one_ticket_has_many_winners(
    db, site, crowd, offer
):
    listing_id = offer(tickets=1).id

    assert click(site(guards_off="locks conditions"), crowd(50), listing_id)[303] > 1
    assert counts(db, listing_id)[0] > 1


def test_ten_windows_of_one_buyer_get_four_reservations(db, server, buyer, cookies_of, offer):
    listing_id, mine = offer(tickets=10).id, cookies_of(buyer)

    assert click(server, [mine] * 10, listing_id) == {303: 4, 409: 6}
    assert counts(db, listing_id) == (4, 4)


def test_control_without_guards_ten_windows_get_more_than_four(db, site, crowd, offer):
    # If one process gets all windows, its four threads let in just four: that proves nothing.
    rounds = [(offer(tickets=10).id, mine) for mine in crowd(6)]
    address = site(guards_off="locks conditions")

    def gets_more_than_four(listing_id, mine):
        click(address, [mine] * 10, listing_id)
        return counts(db, listing_id)[0] > 4

    assert any(gets_more_than_four(*each) for each in rounds)


def test_twenty_buyers_leave_no_single_ticket(db, server, crowd, offer):
    listing_id = offer(tickets=7, split_rule="no_single_left").id

    outcome = click(server, crowd(20), listing_id, quantity=2)
    # Twice two of seven; a third two would leave one over.
    assert outcome[303] == 2
    assert set(outcome) <= {303, 409, 422}
    assert counts(db, listing_id) == (2, 4)


def test_control_without_guards_a_third_pair_is_sold(db, site, crowd, offer):
    listing_id = offer(tickets=7, split_rule="no_single_left").id

    click(site(guards_off="locks conditions"), crowd(20), listing_id, quantity=2)
    assert counts(db, listing_id)[0] > 2
