"""The style guide leaves out nothing, and its colours can be read."""

import re

import pytest
from flask import Flask

from app.config import ROOT
from app.styleguide import Pair, colours, pairs
from app.web.colours import contrast
from app.web.icons import drawings
from tests.support.styles import classes_in, classes_of_the_style_sheet

MACROS = sorted(
    name
    for path in ROOT.joinpath("templates", "macros").glob("*.html")
    if path.name != "live.html"  # attributes, of which there is nothing to see
    for name in re.findall(r"{% macro ([a-z]\w*)\(", path.read_text())
)


@pytest.fixture
def page(app: Flask) -> str:
    answer = app.test_client().get("/styleguide")
    assert answer.status_code == 200
    return answer.text


def test_it_shows_every_class_of_the_style_sheet(page: str):
    assert sorted(classes_of_the_style_sheet() - classes_in(page)) == []


def test_it_shows_every_icon(page: str):
    assert [name for name in drawings() if f"<code>{name}</code>" not in page] == []


@pytest.mark.parametrize("name", MACROS)
def test_it_shows_every_macro(name: str):
    parts = ROOT.joinpath("templates", "styleguide").glob("_*.html")
    called = re.compile(rf"(?:{{{{|{{% call|.\(|\+|,) ?{name}\(")
    assert any(called.search(part.read_text()) for part in parts)


def test_search_engines_leave_it_out(page: str):
    assert '<meta name="robots" content="noindex">' in page


@pytest.mark.parametrize("pair", pairs(), ids=lambda pair: f"{pair.face} on {pair.ground}")
def test_one_colour_is_read_on_another_in_both_schemes(pair: Pair):
    assert min(pair.contrasts) >= pair.at_least


def test_contrast_is_measured_as_wcag_does():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_every_colour_has_a_light_and_a_dark_form():
    assert {"canvas", "ink", "accent", "night"} <= set(colours())
