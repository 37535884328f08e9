import pytest

from app.db import transaction
from app.listings.asking_prices import Section, asking_prices
from app.listings.models import ListingStatus, SplitRule
from app.listings.pricing import all_in
from app.orders import reservation


@pytest.fixture
def tickets_at(event):
    return lambda **how: dict(asking_prices(event.id, **how).tickets_at)


def test_prices_have_all_fees_in_and_count_tickets_not_offers(tickets_at, offer):
    offer(price_cents=4500, tickets=3), offer(price_cents=4500), offer(price_cents=1000)
    assert tickets_at() == {all_in(4500): 5, all_in(1000): 2}


def test_only_what_can_be_bought_counts(db, event, offer, buyer):
    for held in (offer(price_cents=3000, tickets=3), offer(price_cents=2000, section="A")):
        with transaction():
            reservation.reserve(held.id, buyer.id, 2, held.version)
    offer(price_cents=1000).status = ListingStatus.WITHDRAWN
    db.session.commit()
    prices = asking_prices(event.id)
    assert prices.tickets_at == {all_in(3000): 1}
    assert (prices.cheapest_cents, prices.sections) == (all_in(3000), [])


def test_it_is_narrowed_by_quantity_as_the_offers_are(tickets_at, offer):
    offer(price_cents=1000, tickets=3, split_rule=SplitRule.TOGETHER)
    offer(price_cents=2000, tickets=3, split_rule=SplitRule.ANY)
    offer(price_cents=3000, tickets=1)
    assert tickets_at(quantity=2) == {all_in(2000): 3}
    assert tickets_at(quantity=3) == {all_in(1000): 3, all_in(2000): 3}


def test_it_is_narrowed_by_section_and_leaves_out_one_listing(tickets_at, offer):
    mine = offer(section="A", price_cents=1000)
    offer(section="A", price_cents=2000), offer(section="B", price_cents=3000)
    assert tickets_at(section="A") == {all_in(1000): 2, all_in(2000): 2}
    assert tickets_at(section="A", without_listing=mine.id) == {all_in(2000): 2}


def test_sections_come_cheapest_first_whatever_is_asked_for(event, offer):
    offer(section="A", price_cents=3000, tickets=4)
    offer(section="B", price_cents=1000)
    offer(section="A", price_cents=2000, tickets=1)
    offer(price_cents=500)
    prices = asking_prices(event.id, quantity=4, section="A")
    assert prices.sections == [Section("B", all_in(1000), 2), Section("A", all_in(2000), 5)]
    assert prices.cheapest_cents == all_in(500)


def test_without_tickets_there_is_nothing_to_say(event):
    prices = asking_prices(event.id)
    assert (prices.tickets_at, prices.cheapest_cents, prices.sections) == ({}, None, [])
