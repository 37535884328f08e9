from datetime import timedelta

import pytest

from app import clock
from app.db import transaction
from app.listings import browsing, inventory, showcase
from app.listings.models import ListingStatus, SplitRule
from app.listings.pricing import all_in, dearest_within
from app.orders import reservation

pytestmark = pytest.mark.thorough


@pytest.fixture
def reserve(buyer):
    def make(listing, quantity):
        with transaction():
            return reservation.reserve(listing.id, buyer.id, quantity, listing.version)

    return make


@pytest.fixture
def sell(reserve):
    def make(listing, quantity):
        order = reserve(listing, quantity)
        with transaction():
            inventory.sell(order.id)

    return make


def prices(offers):
    return [offer.price_cents for offer in offers]


def test_the_price_has_all_fees_in(offer, event):
    offer(price_cents=4500)
    assert prices(browsing.offers_of(event.id).items) == [4725]


def test_the_cheapest_comes_first_and_pages_meet_without_gap_or_overlap(offer, event):
    for price in (3000, 1000, 2000, 2000, 2000, 1000):
        offer(price_cents=price)
    seen, after = [], None
    while True:
        page = browsing.offers_of(event.id, after=after, limit=2)
        seen += page.items
        after = page.next_cursor
        if not after:
            break

    assert prices(seen) == [all_in(p) for p in (1000, 1000, 2000, 2000, 2000, 3000)]
    assert len({o.listing_id for o in seen}) == 6


def test_newest_first_pages_too(offer, event):
    ids = [offer().id for _ in range(3)]
    first = browsing.offers_of(event.id, sort="newest", limit=2)
    second = browsing.offers_of(event.id, sort="newest", limit=2, after=first.next_cursor)
    assert [o.listing_id for o in (*first.items, *second.items)] == ids[::-1]


@pytest.mark.parametrize("after", ["", "x", "-", "1-2-3", "\N{SUPERSCRIPT TWO}-1"])
@pytest.mark.parametrize("sort", ["cheapest", "newest"])
def test_a_cursor_that_makes_no_sense_gives_the_first_page(offer, event, after, sort):
    offer()
    assert browsing.offers_of(event.id, after=after, sort=sort).items


def test_reserved_and_sold_offers_stand_at_the_end(offer, event, reserve, sell):
    free, held, gone = offer(price_cents=9000), offer(price_cents=5000), offer(price_cents=1000)
    order = reserve(held, 2)
    sell(gone, 2)

    page = browsing.offers_of(event.id)
    assert [o.listing_id for o in page.items] == [free.id]
    assert [(o.listing_id, o.state) for o in page.taken] == [(held.id, "held"), (gone.id, "sold")]
    assert page.taken[0].held_until == order.expires_at
    assert page.taken[0].places == [("Seats", "1\N{EN DASH}2")]


def test_taken_offers_wait_for_the_last_page(offer, event, sell):
    for _ in range(3):
        offer()
    sell(offer(), 2)
    assert not browsing.offers_of(event.id, limit=2).taken


def test_what_is_left_of_an_offer_is_shown(offer, event, reserve):
    reserve(offer(tickets=4), 1)
    [left] = browsing.offers_of(event.id).items
    assert (left.available, left.held) == (3, 1)
    assert left.places == [("Seats", "2\N{EN DASH}4")]
    assert left.quantities == [1, 2, 3]


@pytest.mark.parametrize("rule", SplitRule)
@pytest.mark.parametrize("tickets", [1, 2, 3, 8, 9])
def test_the_quantity_filter_agrees_with_the_split_rule(offer, event, rule, tickets):
    offer(tickets=tickets, split_rule=rule)
    allowed = [q for q in range(1, 9) if browsing.offers_of(event.id, quantity=q).items]
    assert allowed == inventory.allowed_quantities(rule, tickets)


def test_offers_are_filtered_by_section_and_by_the_whole_price(offer, event):
    offer(section="A", price_cents=1000), offer(section="B", price_cents=1010)
    assert prices(browsing.offers_of(event.id, section="A").items) == [1050]
    assert prices(browsing.offers_of(event.id, most_cents=1060).items) == [1050]
    assert prices(browsing.offers_of(event.id, most_cents=1061).items) == [1050, 1061]


@pytest.mark.parametrize("most_cents", [0, 1, 50, 1049, 1050, 1051, 99_999_999, 10**12])
def test_a_limit_of_the_whole_price_is_one_of_the_plain_price(app, most_cents):
    dearest = dearest_within(most_cents)
    assert all_in(dearest) <= most_cents < all_in(dearest + 1)


def test_of_those_that_are_gone_reserved_ones_come_first_and_not_all_are_shown(
    offer, event, reserve, sell, monkeypatch
):
    monkeypatch.setattr(browsing, "MOST_TAKEN_SHOWN", 2)
    for price in (2000, 1000):
        sell(offer(price_cents=price), 2)
    reserve(offer(price_cents=9000), 2)
    taken = browsing.offers_of(event.id).taken
    assert [(o.state, o.price_cents) for o in taken] == [("held", 9450), ("sold", 1050)]


def test_the_newest_of_a_section_page_too(offer, event):
    ids = [offer(section="A").id for _ in range(3)]
    offer(section="B")
    first = browsing.offers_of(event.id, section="A", sort="newest", limit=2)
    second = browsing.offers_of(
        event.id, section="A", sort="newest", limit=2, after=first.next_cursor
    )
    assert [o.listing_id for o in (*first.items, *second.items)] == ids[::-1]


def test_withdrawn_offers_are_not_shown(db, offer, event):
    offer().status = ListingStatus.WITHDRAWN
    db.session.commit()
    page = browsing.offers_of(event.id)
    assert (page.items, page.taken) == ([], [])
    assert showcase.cheapest_for([event.id]) == {}


def test_the_fingerprint_changes_with_what_is_shown(offer, event, reserve, later):
    seen = [browsing.fingerprint(event.id)]

    def assert_new():
        seen.append(browsing.fingerprint(event.id))
        assert len(set(seen)) == len(seen)

    listing = offer()
    assert_new()
    assert browsing.fingerprint(event.id) == seen[-1]
    order = reserve(listing, 1)
    assert_new()
    later(minutes=16)
    assert_new()
    with transaction():
        inventory.sell(order.id)
    assert_new()
    with transaction():
        listing.version += 1
    assert_new()


def test_a_card_shows_the_cheapest_ticket_on_sale(offer, event, sell):
    sell(offer(price_cents=1000), 2)
    offer(price_cents=3000), offer(price_cents=2000)
    assert showcase.cheapest_for([event.id, 999]) == {event.id: 2100}
    assert showcase.cheapest_for([]) == {}


def test_fresh_offers_are_the_newest_that_can_be_bought(db, offer, event, sell):
    offers = [offer() for _ in range(3)]
    sell(offers[1], 2)
    assert [row.listing_id for row in showcase.fresh_offers(5)] == [offers[2].id, offers[0].id]
    assert showcase.fresh_offers(1)[0].available == 2
    event.starts_at = clock.now() - timedelta(hours=1)
    db.session.commit()
    assert not showcase.fresh_offers(5)
