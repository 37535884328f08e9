"""A program changes the version of a listing that it has seen, while others do the same or buy."""

from collections import Counter

import pytest

from app.listings import editing
from app.listings.models import Listing
from tests.support.programs import Program, kind_of


@pytest.fixture
def change(app, seller, listing):
    """Changes the price of the listing as it was at first; what came of it."""
    program, path = Program(app, seller), f"/listings/{listing.id}"
    seen = {"If-Match": program.get(path).headers["ETag"]}

    def call(price_cents=4000):
        answer = program.patch(path, {"price_cents": price_cents}, headers=seen)
        return "won" if answer.status_code == 200 else kind_of(answer)

    return call


def test_of_many_changes_to_one_version_one_wins(change, at_once):
    outcomes: Counter = Counter()
    at_once([lambda: outcomes.update([change()])] * 6)
    assert outcomes == {"won": 1, "version-stale": 5}


@pytest.fixture
def buyer_comes_while_the_version_is_checked(
    change, listing, buyer, reserve, at_the_worst_moment, db
):
    """The program's version is about to be compared, and then changed; there comes a buyer."""

    def play():
        listing_id, buyer_id = listing.id, buyer.id
        end = at_the_worst_moment(editing, "stock_of", lambda: reserve(listing_id, buyer_id))
        return change(), end(), db.session.get_one(Listing, listing_id).version

    return play


def test_nobody_buys_between_the_check_and_the_change(buyer_comes_while_the_version_is_checked):
    assert buyer_comes_while_the_version_is_checked() == ("won", "OfferChanged", 2)


def test_control_without_the_lock_somebody_does(
    buyer_comes_while_the_version_is_checked, without_locks
):
    _seller_got, buyer_got, _version = buyer_comes_while_the_version_is_checked()
    assert buyer_got == "won"
