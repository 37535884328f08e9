"""One seller clicks twice. The guard is also switched off, to see the race it wins."""

import pytest

from app.db import transaction
from app.listings import offering
from app.listings.models import Listing


@pytest.fixture
def publish(seller, event):
    facts = {"seller_id": seller.id, "event_id": event.id}

    def call():
        with transaction():
            offering.publish(**facts, price_cents=4500, section="G", seats=["4", "5"])

    return call


@pytest.fixture
def listing_ids(db):
    def read():
        db.session.rollback()
        return db.session.scalars(db.select(Listing.id)).all()

    return read


def test_clicks_at_once_offer_the_seats_once(publish, at_once, listing_ids):
    assert at_once([publish] * 6) == {"won": 1, "SeatsOfferedAlready": 5}
    assert len(listing_ids()) == 1


def test_who_publishes_the_seats_first_wins_also_at_the_worst_moment(
    publish, at_the_worst_moment, listing_ids
):
    end = at_the_worst_moment(offering, "facts_of", publish)
    publish()
    assert end() == "SeatsOfferedAlready"
    assert len(listing_ids()) == 1


def test_control_without_the_lock_the_seats_are_offered_twice(
    publish, at_the_worst_moment, listing_ids, without_locks
):
    end = at_the_worst_moment(offering.db.session, "add", publish)
    publish()
    assert end() == "won"
    assert len(listing_ids()) == 2
