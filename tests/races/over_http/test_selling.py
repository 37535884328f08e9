"""The seller saves or withdraws at the moment when buyers reserve what they saw."""

import random
import time

import pytest

from app import invariants
from app.listings.editing import stock_of
from app.listings.models import Listing, ListingStatus, Ticket, TicketStatus
from app.orders.models import Order
from tests.races.over_http.conftest import Window, all_at_once, open_windows

pytestmark = pytest.mark.processes

SEED = 20261124
ROUNDS = 8
BUYERS = 3
# The first has looked by then, and still lingers.
HEAD_START_SECONDS, JITTER_SECONDS = 0.03, 0.02
DOUBLE = {
    "price": "90.00",
    "quantity": 2,
    "seats": "1-2",
    "split_rule": "any",
    "handover_method": "transfer",
}


@pytest.fixture
def rounds(offer, person, seller, cookies_of, site):
    """Plays the rounds, each on an offer of its own. Their offers' ids and everybody's statuses."""

    def play(change, **how):
        print(f"seed {SEED}")  # noqa: T201
        chance = random.Random(SEED)
        seen = {listing.id: stock_of(listing) for listing in (offer() for _ in range(ROUNDS))}
        listing_ids = list(seen)
        fans = [cookies_of(person(f"fan{each}")) for each in range(ROUNDS * BUYERS)]
        address = site(**how)
        windows = open_windows(address, fans, f"/listings/{listing_ids[0]}")
        sellers_window = Window(address, cookies_of(seller), f"/listings/{listing_ids[0]}/edit")
        played = []
        for number, listing_id in enumerate(listing_ids):
            of_seller, of_buyers = (0, HEAD_START_SECONDS)[:: (-1) ** number]
            crowd = windows[number * BUYERS :][:BUYERS]
            calls = [lambda id=listing_id: change(sellers_window, id, seen[id])]
            calls += [lambda w=window, id=listing_id: w.reserves(id, 2) for window in crowd]
            waits = [of_seller] + [of_buyers] * BUYERS
            answers = all_at_once(
                [
                    later(wait + chance.uniform(0, JITTER_SECONDS), call)
                    for wait, call in zip(waits, calls, strict=True)
                ]
            )
            seller_got, *buyers_got = [answer.status_code for answer in answers]
            played.append((listing_id, seller_got, buyers_got))
        print(played)  # noqa: T201
        return played

    return play


def later(seconds, call):
    def wait_and_call():
        time.sleep(seconds)
        return call()

    return wait_and_call


def edits(window, listing_id, stock):
    return window.posts(f"/listings/{listing_id}/edit", version=1, stock=stock, **DOUBLE)


def withdraws(window, listing_id, _stock):
    return window.posts(f"/listings/{listing_id}/withdrawal", version=1)


def wrongs(db, played):
    """What must not be: the offer changed under a buyer's hands, or two of them have won."""
    db.session.rollback()
    found = []
    for listing_id, seller_got, buyers_got in played:
        listing = db.session.get_one(Listing, listing_id)
        orders = db.session.query(Order).filter_by(listing_id=listing_id).all()
        held = db.session.query(Ticket).filter_by(listing_id=listing_id, status=TicketStatus.HELD)
        untouched = (1, 4500, ListingStatus.ACTIVE)
        if [seller_got, *buyers_got].count(303) != 1:
            found.append(f"offer {listing_id}: not one winner")
        if orders and (listing.version, listing.price_cents, listing.status) != untouched:
            found.append(f"offer {listing_id}: changed although it is reserved")
        if any((order.listing_version, order.unit_price_cents) != (1, 4500) for order in orders):
            found.append(f"offer {listing_id}: reserved at a price that the buyer did not see")
        if held.count() != 2 * len(orders):
            found.append(f"offer {listing_id}: an order without its tickets")
    return found


@pytest.mark.parametrize("change", [edits, withdraws])
def test_either_the_seller_changes_the_offer_or_a_buyer_gets_what_they_saw(db, rounds, change):
    played = rounds(change)

    assert wrongs(db, played) == []
    statuses = {status for _, *got in played for status in (got[0], *got[1])}
    assert statuses == {303, 409}, "who lost was told politely"
    assert {seller_got for _, seller_got, _ in played} == {303, 409}, "each side has won a round"
    assert invariants.broken() == {}


@pytest.mark.parametrize("change", [edits, withdraws])
def test_control_without_locks_both_win(db, rounds, change):
    played = rounds(change, guards_off="locks")

    assert any("changed although it is reserved" in wrong for wrong in wrongs(db, played))
