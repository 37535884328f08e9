"""What a seller sold in the last weeks, as a chart for their own page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

from app import clock
from app.listings.past_sales import sold_by
from app.web import charts
from app.web.filters import day, money

WEEKS = 12


@dataclass(frozen=True, slots=True)
class Week:
    """From a Monday on: what the seller gets, and for how many tickets."""

    monday: date
    earned_cents: int
    tickets: int


@dataclass(frozen=True, slots=True)
class Weeks:
    """The last weeks, this one included, oldest first."""

    drawing: Markup
    weeks: Sequence[Week]

    @property
    def earned_cents(self) -> int:
        return sum(week.earned_cents for week in self.weeks)

    @property
    def tickets(self) -> int:
        return sum(week.tickets for week in self.weeks)


def sold_by_week(seller_id: int) -> Weeks | None:
    """None if the seller sold nothing in these weeks."""
    today = clock.now().date()
    this_monday = today - timedelta(days=today.weekday())
    mondays = [this_monday - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    sales = sold_by(seller_id, since=mondays[0])
    if not sales:
        return None
    weeks = []
    for monday in mondays:
        # What is sold at a venue that is a day ahead of us belongs to this week, too.
        ends = date.max if monday == this_monday else monday + timedelta(weeks=1)
        of_week = [each for each in sales if monday <= each.day < ends]
        weeks.append(
            Week(
                monday,
                sum(each.earned_cents for each in of_week),
                sum(each.tickets for each in of_week),
            )
        )
    return Weeks(charts.columns([_column(week, this_monday) for week in weeks]), weeks)


def _column(week: Week, this_monday: date) -> charts.Column:
    return charts.Column(
        week.earned_cents,
        selected=week.earned_cents if week.monday == this_monday else 0,
        title=f"{day(week.monday)}: {money(week.earned_cents)}",
    )
