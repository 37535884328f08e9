"""How prices are spread: bins of equal width with round borders, few enough to look at. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

MOST_BINS = 20
# Prices that lie so far above the middle half, in widths of it, share one bin.
FAR = 3


@dataclass(frozen=True, slots=True)
class PriceBin:
    """So many tickets cost more than `over_cents` and at most `up_to_cents` (None: or any more).

    `within` of them cost no more than the limit that was asked for.
    """

    over_cents: int
    up_to_cents: int | None
    tickets: int
    within: int


def price_bins(
    tickets_at: Mapping[int, int], limit_cents: int | None = None, most_bins: int = MOST_BINS
) -> list[PriceBin]:
    """The bins from the lowest to the highest price, without a gap. None without tickets.

    `tickets_at` says how many tickets cost what. A few prices far above the others do not
    squeeze these into one bin: they come last, in a bin that has no upper border.
    """
    prices = sorted(price for price, tickets in tickets_at.items() if tickets)
    if not prices:
        return []
    fence = _fence(prices, tickets_at)
    highest = max(price for price in prices if price <= fence)
    for width in _round_widths():
        first, last = _number(prices[0], width), _number(highest, width)
        has_dearer = prices[-1] > (last + 1) * width
        if last + 1 - first + has_dearer <= most_bins:
            break
    tickets = [0] * (last + 1 - first + has_dearer)
    within = list(tickets)
    for price in prices:
        place = min(_number(price, width) - first, len(tickets) - 1)
        tickets[place] += tickets_at[price]
        if limit_cents is not None and price <= limit_cents:
            within[place] += tickets_at[price]
    return [
        PriceBin(
            over_cents=(first + place) * width,
            up_to_cents=None if first + place > last else (first + place + 1) * width,
            tickets=tickets[place],
            within=within[place],
        )
        for place in range(len(tickets))
    ]


def position_in(bins: Sequence[PriceBin], price_cents: int) -> float:
    """Where the price lies between the left end of the bins (0) and their right end (1)."""
    for place, each in enumerate(bins):
        if each.up_to_cents is None:
            return (place + 0.5) / len(bins)  # somewhere: that bin has no scale
        if price_cents <= each.up_to_cents:
            share = (price_cents - each.over_cents) / (each.up_to_cents - each.over_cents)
            return (place + max(share, 0)) / len(bins)
    return 1


def _fence(prices: Sequence[int], tickets_at: Mapping[int, int]) -> float:
    """Above it lies what is far away. Never below twice the middle price."""
    lower, middle, upper = (_quantile(prices, tickets_at, share) for share in (0.25, 0.5, 0.75))
    return max(upper + FAR * (upper - lower), 2 * middle)


def _quantile(prices: Sequence[int], tickets_at: Mapping[int, int], share: float) -> int:
    """The lowest price that this share of the tickets does not exceed."""
    wanted, reached = share * sum(tickets_at[price] for price in prices), 0
    for price in prices:
        reached += tickets_at[price]
        if reached >= wanted:
            break
    return price


def _round_widths() -> Iterator[int]:
    """1, 2, 5, 10, 20, 50 and so on, in whole units of the currency."""
    for power in count():
        for digit in (1, 2, 5):
            yield digit * 10**power * 100


def _number(price_cents: int, width: int) -> int:
    """Which of the bins from zero on holds the price. Its upper border belongs to a bin."""
    return (price_cents - 1) // width
