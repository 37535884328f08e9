"""What visitors narrow a list by: read from the address, and written into it again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.catalog.models import Category, Event
from app.catalog.search import EventQuery
from app.config import settings
from app.listings.browsing import CHEAPEST, NEWEST
from app.listings.inventory import MOST_TICKETS_AN_ORDER
from app.money import amount_text, parse_cents
from app.web import filters as shown
from app.web.languages import language

LONGEST_WORDS = 100
EVENT_SORTS = {"soonest": _l("Soonest first"), "newest": _l("Newly added")}
OFFER_SORTS = {CHEAPEST: _l("Cheapest first"), NEWEST: _l("Newest first")}


@dataclass(frozen=True)
class EventFilters(EventQuery):
    """What is asked for by the search form. Nonsense in the address is as if it were not there."""

    @classmethod
    def from_request(cls) -> "EventFilters":
        first = request.args.get("from", type=date.fromisoformat)
        last = request.args.get("to", type=date.fromisoformat)
        if first and last and first > last:
            first, last = last, first  # no day is both; what lies between them is meant
        return cls(
            q=typed("q"),
            city=typed("city"),
            category=_one_of(tuple(Category), "category", ""),
            date_from=first,
            date_to=last,
            sort=_one_of(EVENT_SORTS, "sort", "soonest"),
        )

    def url(self, after: str | None = None) -> str:
        """The address of these results, or of those behind `after`."""
        return url_for(
            "listings.search",
            q=self.q or None,
            city=self.city or None,
            category=self.category or None,
            sort=None if self.sort == "soonest" else self.sort,
            after=after,
            **{"from": self.date_from, "to": self.date_to},  # type: ignore[arg-type]
        )

    @property
    def is_a_place_to_begin(self) -> bool:
        """Whether it is worth being found by others: what is on, of a kind or in a city."""
        return not (self.q or self.date_from or self.date_to)

    def place_to_begin(self, found: Sequence[Event]) -> "EventFilters":
        """The same kind and city alone, the city as the events that were found spell it."""
        city = found[0].venue.city if self.city and found else self.city
        return EventFilters(city=city, category=self.category)

    @property
    def category_label(self) -> str:
        """The kind of events as people read it, or nothing."""
        return self.category and Category(self.category).label

    def chips(self) -> list[tuple[str, str]]:
        """What is narrowed, in words, each with the address of the results without it."""
        named: list[tuple[str, dict[str, Any]]] = [
            (_("“%(words)s”", words=self.q), {"q": ""}),
            (self.city, {"city": ""}),
            (self.category_label, {"category": ""}),
            (_("From %(day)s", day=_day(self.date_from)), {"date_from": None}),
            (_("Until %(day)s", day=_day(self.date_to)), {"date_to": None}),
        ]
        return [
            (text, replace(self, **without).url())
            for text, without in named
            if getattr(self, next(iter(without)))
        ]


@dataclass(frozen=True, kw_only=True)
class OfferFilters:
    """The form above an event's tickets."""

    quantity: int | None = None
    section: str | None = None
    most_cents: int | None = None
    sort: str = CHEAPEST

    @classmethod
    def from_request(cls) -> "OfferFilters":
        quantity = request.args.get("quantity", type=int)
        return cls(
            quantity=quantity if quantity in range(1, MOST_TICKETS_AN_ORDER + 1) else None,
            section=typed("section") or None,
            most_cents=request.args.get("most", type=_whole_cents),
            sort=_one_of(OFFER_SORTS, "sort", CHEAPEST),
        )

    @property
    def is_narrowed(self) -> bool:
        return any((self.quantity, self.section, self.most_cents is not None))

    @property
    def most(self) -> str:
        """The highest price as one types it into the form."""
        return "" if self.most_cents is None else amount_text(self.most_cents, language())

    def url(self, slug: str, after: str | None = None, show: int | None = None) -> str:
        """The address of the event with these offers: those behind `after`, `show` of them."""
        return url_for(
            "listings.event",
            slug=slug,
            quantity=self.quantity,
            section=self.section,
            most=None if self.most_cents is None else amount_text(self.most_cents),
            sort=None if self.sort == CHEAPEST else self.sort,
            after=after,
            show=show,
        )

    def chips(self, slug: str) -> list[tuple[str, str]]:
        """What is narrowed, in words, each with the address of the offers without it."""
        narrowed: list[tuple[str, dict[str, Any]]] = []
        if self.quantity:
            tickets = ngettext("%(num)s ticket", "%(num)s tickets", self.quantity)
            narrowed.append((tickets, {"quantity": None}))
        if self.section:
            narrowed.append((_("Section %(name)s", name=self.section), {"section": None}))
        if self.most_cents is not None:
            most = _("Up to %(price)s", price=shown.money(self.most_cents))
            narrowed.append((most, {"most_cents": None}))
        return [(text, replace(self, **without).url(slug)) for text, without in narrowed]


def typed(name: str) -> str:
    """What stands under this name in the address, as far as it may be looked for."""
    # PostgreSQL takes no text with a NUL in it, not even to compare.
    return request.args.get(name, "").replace("\0", "").strip()[:LONGEST_WORDS]


def _day(day: date | None) -> str:
    return shown.day(day) if day else ""


def _one_of(choices: Collection[str], name: str, otherwise: str) -> str:
    value = request.args.get(name, "")
    return value if value in choices else otherwise


def _whole_cents(text: str) -> int:
    cents = parse_cents(text, settings().currency)
    if cents >= 10**12:  # beyond every price, and beyond what a database counts in
        raise ValueError(text)
    return cents
