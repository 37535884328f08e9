"""The drawings of app/web/charts.py."""

import xml.etree.ElementTree as ET

import pytest
from markupsafe import Markup

from app.web import charts
from app.web.charts import Column

ODD = "\"<&>'"
DRAWINGS = {
    "columns": charts.columns([Column(3, 1, ODD, f"/?x={ODD}"), Column(0), Column(7)]),
    "no columns": charts.columns([]),
    "columns with reach and mark": charts.columns([Column(1)], reach=0.5, mark=0.25),
    "line": charts.line([(0, 100), (0.5, 300), (1, 200)]),
    "line of one point": charts.line([(1, 100)]),
    "level line": charts.line([(0, 100), (1, 100)]),
    "sparkline": charts.sparkline([(0, 100), (1, 300)], title=ODD),
    "meter": charts.meter(0.4),
}


def parts(drawing: Markup, tag: str, css_class: str | None = None) -> list[ET.Element]:
    found = ET.fromstring(drawing).iter(tag)
    return [each for each in found if css_class in (None, each.get("class"))]


@pytest.mark.parametrize("drawing", DRAWINGS.values(), ids=DRAWINGS)
def test_a_drawing_is_well_formed_and_obeys_the_content_security_policy(drawing: Markup) -> None:
    for element in ET.fromstring(drawing).iter():
        assert element.tag in {
            *("svg", "g", "a", "title", "line", "rect", "path", "circle"),
        }
        assert "style" not in element.attrib
        assert not [name for name in element.attrib if name.startswith("on")]


@pytest.mark.parametrize("drawing", DRAWINGS.values(), ids=DRAWINGS)
def test_nothing_is_written_into_a_drawing_because_it_would_shrink(drawing: Markup) -> None:
    assert parts(drawing, "text") == []


@pytest.mark.parametrize("drawing", DRAWINGS.values(), ids=DRAWINGS)
def test_a_drawing_is_named_or_hidden_and_takes_no_focus(drawing: Markup) -> None:
    root = ET.fromstring(drawing)
    assert root.get("aria-hidden") == "true" or root.get("aria-label") == ODD
    assert root.get("focusable") == "false"
    assert all(link.get("tabindex") == "-1" for link in parts(drawing, "a"))


def test_columns_are_as_high_as_their_values() -> None:
    low, high = parts(charts.columns([Column(5), Column(10)]), "line", "value")
    height = lambda bar: charts.COLUMNS_HEIGHT - float(bar.get("y1")) + charts.ROUND_END  # noqa: E731
    assert height(high) == 2 * height(low)
    assert (low.get("x1"), high.get("x1")) == ("25%", "75%")


def test_one_beside_a_million_is_still_to_be_seen_and_nothing_is_not() -> None:
    bars = parts(charts.columns([Column(1), Column(10**6), Column(0)]), "line", "value")
    assert len(bars) == 2
    assert float(bars[0].get("y1", 0)) < charts.COLUMNS_HEIGHT + charts.ROUND_END


def test_what_is_selected_of_a_column_stands_out() -> None:
    drawing = charts.columns([Column(10, selected=4), Column(10)])
    [selected] = parts(drawing, "line", "value selected")
    [whole, _] = parts(drawing, "line", "value")
    assert float(selected.get("y1", 0)) > float(whole.get("y1", 0))


def test_the_reach_goes_along_the_axis_and_the_needle_stands_on_it() -> None:
    drawing = DRAWINGS["columns with reach and mark"]
    assert parts(drawing, "line", "selected")[0].get("x2") == "50%"
    assert parts(drawing, "circle")[0].get("cx") == "25%"


def test_a_line_goes_up_with_its_values_and_ends_in_a_dot() -> None:
    _area, stroke = parts(charts.line([(0, 100), (0.5, 300), (1, 200)]), "path")
    heights = [float(point.split()[1]) for point in stroke.get("d", "")[1:].split("L")]
    assert heights == [64, 8, 36]  # pixels from above
    [dot] = parts(DRAWINGS["line"], "circle", "selected")
    assert (dot.get("cx"), dot.get("cy")) == ("100%", "36.0")


def test_equal_values_make_a_level_line_in_the_middle() -> None:
    [dot] = parts(DRAWINGS["level line"], "circle", "selected")
    assert dot.get("cy") == f"{charts.LINE_HEIGHT / 2:.1f}"
