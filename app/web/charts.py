"""Charts as SVG. The figures go in as plain numbers, the sentence and the table stand beside it.

Positions across are shares of the width, heights are pixels: bars keep their round ends and lines
their strength however wide the page is, without a script. All is drawn in `currentColor`: quiet,
and hot where it has the class `selected` (app.css). Nothing is written inside the drawings, so
that letters keep their size; whoever cannot see them misses nothing, because
templates/macros/charts.html says the same in words and figures.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

COLUMNS_HEIGHT, LINE_HEIGHT, SPARK_HEIGHT, METER_HEIGHT = 64, 72, 24, 6
SPARK_WIDTH = 72
ROOM_ABOVE = 12  # for round ends, the knob of a mark, and for the dot of a line
LEAST_COLUMN = 3  # pixels: one ticket beside a thousand is still to be seen
ROUND_END = 4  # pixels: half of how strong the lines are at least
FAINT = 0.25  # opacity
STROKE_UNITS = 1000  # how many units a line's width has; it is stretched to the real one


@dataclass(frozen=True, slots=True)
class Column:
    """One bar. `selected` is how much of its value stands out.

    `href` is what a click gets: a page, or with htmx what changes where the template says.
    """

    value: int
    selected: int = 0
    title: str = ""
    href: str | None = None


Point = tuple[float, float]  # how far to the right, from 0 to 1, and a value


def columns(
    bars: Sequence[Column], *, reach: float | None = None, mark: float | None = None
) -> Markup:
    """Upright bars beside each other.

    `reach` draws the axis as selected from the left end as far as this share of the width;
    `mark` puts a needle there.
    """
    highest = max((bar.value for bar in bars), default=0)
    inside = "".join(
        _column(bar, place / len(bars), 1 / len(bars), highest) for place, bar in enumerate(bars)
    )
    axis = f'y1="{COLUMNS_HEIGHT - 1}" y2="{COLUMNS_HEIGHT - 1}" stroke-width="2"'
    inside += f'<line x2="100%" {axis} opacity="{FAINT}"/>'
    if reach is not None:
        inside += f'<line class="selected" x2="{_share(reach)}" {axis}/>'
    if mark is not None:
        x = _share(mark)
        inside += (
            '<g class="selected" fill="currentColor" stroke-width="2">'
            f'<line x1="{x}" x2="{x}" y1="{ROOM_ABOVE}" y2="{COLUMNS_HEIGHT}"/>'
            f'<circle cx="{x}" cy="6" r="5"/></g>'
        )
    return _svg(f'<g stroke="currentColor">{inside}</g>', COLUMNS_HEIGHT)


def line(points: Sequence[Point]) -> Markup:
    """A line through the points with the area below it and a dot at its end."""
    path = _path(points, STROKE_UNITS, LINE_HEIGHT)
    left, right = (f"{x * STROKE_UNITS:.0f}" for x in (points[0][0], points[-1][0]))
    *_, (x, y) = _placed(points, 1, LINE_HEIGHT)
    return _svg(
        f'<svg viewBox="0 0 {STROKE_UNITS} {LINE_HEIGHT}" preserveAspectRatio="none"'
        f' width="100%" height="{LINE_HEIGHT}">'
        f'<path fill="currentColor" opacity="0.12" d="{path}L{right} {LINE_HEIGHT}H{left}Z"/>'
        f"{_stroke(path, vector_effect='non-scaling-stroke')}</svg>{_dot(_share(x), y, 4.5)}",
        LINE_HEIGHT,
        overflow="visible",  # the dot stands half outside
    )


def sparkline(points: Sequence[Point], title: str) -> Markup:
    """The same in the size of a word. `title` is read out, since there is nothing beside it."""
    *_, (x, y) = _placed(points, SPARK_WIDTH, SPARK_HEIGHT)
    return Markup(
        f'<svg class="graph" width="{SPARK_WIDTH}" height="{SPARK_HEIGHT}" overflow="visible"'
        f' role="img" aria-label="{escape(title)}" focusable="false">'
        f"{_stroke(_path(points, SPARK_WIDTH, SPARK_HEIGHT))}{_dot(f'{x:.1f}', y, 3)}</svg>"
    )


def meter(share: float) -> Markup:
    """A lying bar that fills this share of its track."""
    bar = f'height="{METER_HEIGHT}" rx="{METER_HEIGHT // 2}" fill="currentColor"'
    return _svg(
        f'<rect width="100%" {bar} opacity="{FAINT}"/><rect width="{_share(share)}" {bar}/>',
        METER_HEIGHT,
    )


def _column(bar: Column, x: float, width: float, highest: int) -> str:
    inside = f"<title>{escape(bar.title)}</title>" if bar.title else ""
    if bar.href:  # a click counts beside and above a thin bar, too
        inside += (
            f'<rect x="{_share(x)}" width="{_share(width)}" height="{COLUMNS_HEIGHT}"'
            ' stroke="none" fill="none" pointer-events="all"/>'
        )
    centre, below = _share(x + width / 2), COLUMNS_HEIGHT + ROOM_ABOVE
    for what, value in (('class="value"', bar.value), ('class="value selected"', bar.selected)):
        if value:
            height = max(LEAST_COLUMN, value / highest * (COLUMNS_HEIGHT - ROOM_ABOVE))
            # A line as strong as app.css says, with round ends, of which the lower is out of sight.
            top = COLUMNS_HEIGHT - height + ROUND_END
            inside += f'<line {what} x1="{centre}" x2="{centre}" y1="{top:.1f}" y2="{below}"/>'
    if not bar.href:
        return f"<g>{inside}</g>"
    # For pointers only. What it does can be done by the form beside it, which has one stop for
    # the keyboard instead of twenty.
    asked = bar.href.partition("#")[0]
    return f'<a href="{escape(bar.href)}" hx-get="{escape(asked)}" tabindex="-1">{inside}</a>'


def _stroke(path: str, vector_effect: str = "none") -> str:
    return (
        f'<path d="{path}" fill="none" stroke="currentColor" stroke-width="2"'
        f' stroke-linejoin="round" stroke-linecap="round" vector-effect="{vector_effect}"/>'
    )


def _dot(x: str, y: float, radius: float) -> str:
    return f'<circle class="selected" fill="currentColor" cx="{x}" cy="{y:.1f}" r="{radius}"/>'


def _path(points: Sequence[Point], width: float, height: float) -> str:
    return "M" + "L".join(f"{x:.4g} {y:.1f}" for x, y in _placed(points, width, height))


def _placed(points: Sequence[Point], width: float, height: float) -> Iterator[Point]:
    """Where they lie in the drawing. The values fill its height, and equal ones halve it."""
    values = [value for _, value in points]
    lowest, highest = min(values), max(values)
    margin = 8 if height > SPARK_HEIGHT else 4
    for x, value in points:
        share = (value - lowest) / (highest - lowest) if highest > lowest else 0.5
        yield x * width, height - margin - share * (height - 2 * margin)


def _svg(inside: str, height: int, overflow: str = "hidden") -> Markup:
    return Markup(
        f'<svg class="graph" width="100%" height="{height}" overflow="{overflow}"'
        f' aria-hidden="true" focusable="false">{inside}</svg>'
    )


def _share(part: float) -> str:
    return f"{100 * part:.4g}%"
