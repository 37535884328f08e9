from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.listings.price_bins import MOST_BINS, PriceBin, position_in, price_bins

PRICES = st.dictionaries(
    st.integers(1, 120_000_000), st.integers(0, 10**9), min_size=0, max_size=60
)


def borders(bins):
    return [(each.over_cents, each.up_to_cents) for each in bins]


def test_without_tickets_there_are_no_bins():
    assert price_bins({}) == []
    assert price_bins({4500: 0}) == []


def test_one_ticket_is_one_bin_around_its_price():
    assert price_bins({4725: 1}) == [PriceBin(4700, 4800, tickets=1, within=0)]


def test_one_price_is_one_bin_however_many_tickets_have_it():
    assert price_bins({4700: 10**9}) == [PriceBin(4600, 4700, tickets=10**9, within=0)]


def test_bins_are_as_narrow_as_their_number_allows_and_have_round_borders():
    assert borders(price_bins({4100: 1, 4900: 1}))[0] == (4000, 4100)
    assert borders(price_bins({4100: 1, 5900: 1}))[-1] == (5800, 5900)
    assert borders(price_bins({4100: 1, 6200: 1}))[0] == (4000, 4200)
    assert borders(price_bins({4100: 1, 8400: 1}))[0] == (4000, 4500)


def test_a_bin_without_tickets_keeps_its_place():
    assert [each.tickets for each in price_bins({1000: 2, 1300: 1})] == [2, 0, 0, 1]


def test_what_costs_exactly_the_border_is_within_a_limit_of_that_much():
    bins = price_bins({1000: 2, 1100: 3, 1101: 1}, limit_cents=1100)
    assert [(each.up_to_cents, each.tickets, each.within) for each in bins] == [
        (1000, 2, 2),
        (1100, 3, 3),
        (1200, 1, 0),
    ]


def test_a_limit_inside_of_a_bin_divides_its_tickets():
    [only] = price_bins({4710: 2, 4720: 3}, limit_cents=4715)
    assert (only.tickets, only.within) == (5, 2)


@pytest.mark.parametrize("dear", [1, 3])
def test_a_price_a_hundred_times_as_high_does_not_squeeze_the_others(dear):
    usual = dict.fromkeys(range(4000, 9000, 500), 2)
    bins = price_bins({**usual, 600_000: dear})
    assert len(bins) > 10
    assert bins[-1] == PriceBin(bins[-2].up_to_cents, None, tickets=dear, within=0)


def test_nor_where_all_others_are_the_same():
    bins = price_bins({5000: 4, 500_000: 1})
    assert [each.tickets for each in bins] == [4, 1]
    assert bins[-1].up_to_cents is None


def test_cheap_ones_are_shown_on_the_same_scale_as_all():
    bins = price_bins({100: 1, **dict.fromkeys(range(50_000, 60_000, 1000), 1)})
    assert borders(bins)[0] == (0, 5000)
    assert bins[-1].up_to_cents is not None


def test_a_position_is_a_share_of_the_whole_width():
    bins = price_bins({1000: 1, 1300: 1})  # from 9.00 to 13.00
    assert [position_in(bins, cents) for cents in (100, 900, 1100, 1150, 1300, 9999)] == [
        *(0, 0, 0.5, 0.625, 1, 1)
    ]
    assert position_in(price_bins({5000: 4, 500_000: 1}), 499_900) == 0.75


@given(PRICES, st.integers(0, 120_000_000))
def test_whatever_the_prices_every_ticket_is_in_its_bin(tickets_at, limit_cents):
    bins = price_bins(tickets_at, limit_cents)
    assert len(bins) <= MOST_BINS
    assert sum(each.tickets for each in bins) == sum(tickets_at.values())
    for each in bins:
        up_to = each.up_to_cents or max(tickets_at)
        inside = {p: n for p, n in tickets_at.items() if each.over_cents < p <= up_to}
        assert each.tickets == sum(inside.values())
        assert each.within == sum(n for p, n in inside.items() if p <= limit_cents)
    if bins:
        assert bins[0].tickets
        assert bins[-1].tickets
    for left, right in pairwise(bins):
        assert left.up_to_cents == right.over_cents


@given(PRICES.filter(lambda tickets_at: any(tickets_at.values())), st.data())
def test_whatever_the_prices_a_dearer_one_does_not_lie_further_left(tickets_at, data):
    bins = price_bins(tickets_at)
    cheap, dear = sorted(data.draw(st.tuples(*[st.integers(1, 130_000_000)] * 2)))
    assert 0 <= position_in(bins, cheap) <= position_in(bins, dear) <= 1
