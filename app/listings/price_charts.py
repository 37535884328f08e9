"""Prices as charts: what they show, ready for a template."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from app import clock
from app.listings.asking_prices import Section
from app.listings.past_sales import DAYS_SHOWN, DayPrice
from app.listings.price_bins import PriceBin, position_in, price_bins
from app.web import charts
from app.web.filters import money, whole_money

FEWEST_PRICES = 3  # different ones: fewer are read faster in the list
# The bar of the cheapest section fills this much at least, whatever the dearest costs.
LEAST_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many tickets cost how much, all fees in. `within` of them are inside the limit.

    `left` and `right` say where it begins and ends, `rows` are its figures: a range of prices in
    words, and how many tickets.
    """

    drawing: Markup
    left: str
    right: str
    rows: list[tuple[str, int]]
    tickets: int
    least_cents: int
    most_cents: int
    limit_cents: int | None
    within: int


@dataclass(frozen=True, slots=True)
class OthersPrices:
    """What others ask. `cheaper` of their tickets cost less than the seller's; None without one."""

    histogram: Histogram
    cheaper: int | None


@dataclass(frozen=True, slots=True)
class PriceLine:
    """The middle price of each day with a sale, all fees in."""

    drawing: Markup
    days: Sequence[DayPrice]
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class SectionBar:
    """A section, how long its bar is, and whether it is the one that was chosen."""

    section: Section
    drawing: Markup
    href: str
    is_chosen: bool


def offers_histogram(
    tickets_at: Mapping[int, int], limit_cents: int | None, url_of: Callable[[int | None], str]
) -> Histogram | None:
    """The prices on an event's page. None if they are too few to be worth a picture.

    A click on a bar leads to `url_of` its highest price: the offers up to there.
    """
    if len(tickets_at) < FEWEST_PRICES:
        return None
    bins = price_bins(tickets_at, limit_cents)
    reach = None if limit_cents is None else position_in(bins, limit_cents)
    return _histogram(tickets_at, bins, limit_cents, reach=reach, url_of=url_of)


def others_prices(
    tickets_at: Mapping[int, int], buyers_pay_cents: int | None
) -> OthersPrices | None:
    """The prices of others, with a needle at what buyers pay the seller. None without others."""
    if not tickets_at:
        return None
    bins = price_bins(tickets_at)
    if buyers_pay_cents is None:
        return OthersPrices(_histogram(tickets_at, bins), None)
    cheaper = sum(n for price, n in tickets_at.items() if price < buyers_pay_cents)
    mark = position_in(bins, buyers_pay_cents)
    return OthersPrices(_histogram(tickets_at, bins, mark=mark), cheaper)


def price_line(days: Sequence[DayPrice], zone: ZoneInfo) -> PriceLine | None:
    """The last thirty days, as the calendar at the venue has them. None without a line."""
    if not days:
        return None
    today = clock.now().astimezone(zone).date()
    first_day = today - timedelta(days=DAYS_SHOWN - 1)
    return PriceLine(charts.line(_points(days, first_day)), days, first_day, today)


def sparklines(lines: Mapping[int, Sequence[DayPrice]]) -> dict[int, Markup]:
    """The same in small, for the events of a list."""
    first_day = clock.now().date() - timedelta(days=DAYS_SHOWN - 1)
    return {event_id: _sparkline(days, first_day) for event_id, days in lines.items()}


def section_bars(
    sections: Sequence[Section], chosen: str | None, url_of: Callable[[str | None], str]
) -> list[SectionBar]:
    """One bar for each section, as long as its cheapest ticket costs. None of only one section.

    The chosen one leads back to all of them.
    """
    if len(sections) < 2:
        return []
    longest = min(sections[-1].cheapest_cents, sections[0].cheapest_cents / LEAST_SHARE)
    return [
        SectionBar(
            section,
            charts.meter(min(1, section.cheapest_cents / longest)),
            href=url_of(None if section.name == chosen else section.name),
            is_chosen=section.name == chosen,
        )
        for section in sections
    ]


def _sparkline(days: Sequence[DayPrice], first_day: date) -> Markup:
    title = _(
        "Middle price of sold tickets in %(days)s days: from %(first)s to %(last)s.",
        days=DAYS_SHOWN,
        first=money(days[0].price_cents),
        last=money(days[-1].price_cents),
    )
    return charts.sparkline(_points(days, first_day), title)


def _histogram(
    tickets_at: Mapping[int, int],
    bins: Sequence[PriceBin],
    limit_cents: int | None = None,
    *,
    reach: float | None = None,
    mark: float | None = None,
    url_of: Callable[[int | None], str] | None = None,
) -> Histogram:
    rows = [(_range(each), each.tickets) for each in bins]
    bars = [
        charts.Column(
            each.tickets,
            each.within,
            title=_titled(words, tickets),
            href=url_of(each.up_to_cents) if url_of else None,
        )
        for each, (words, tickets) in zip(bins, rows, strict=True)
    ]
    return Histogram(
        charts.columns(bars, reach=reach, mark=mark),
        left=whole_money(bins[0].over_cents),
        right=_top(bins[-1]),
        rows=rows,
        tickets=sum(tickets_at.values()),
        least_cents=min(tickets_at),
        most_cents=max(tickets_at),
        limit_cents=limit_cents,
        within=sum(each.within for each in bins),
    )


def _range(each: PriceBin) -> str:
    if each.up_to_cents is None:
        return _top(each)
    return _("%(low)s to %(high)s", low=whole_money(each.over_cents), high=_top(each))


def _top(each: PriceBin) -> str:
    if each.up_to_cents is None:
        return _("more than %(price)s", price=whole_money(each.over_cents))
    return whole_money(each.up_to_cents)


def _titled(words: str, tickets: int) -> str:
    return ngettext(
        "%(prices)s: %(num)s ticket", "%(prices)s: %(num)s tickets", tickets, prices=words
    )


def _points(days: Sequence[DayPrice], first_day: date) -> list[charts.Point]:
    """Across from the first day (0) to the last (1). A venue may be a day ahead of us or behind."""
    return [
        (min(max((each.day - first_day).days / (DAYS_SHOWN - 1), 0), 1), each.price_cents)
        for each in days
    ]
