"""The posters drawn by app/web/posters.py."""

import re
import xml.etree.ElementTree as ET
import zlib

import pytest
from markupsafe import Markup

from app.web.posters import COMPOSITIONS, poster

CATEGORIES = [*COMPOSITIONS, "other", None]
BUDGET_BYTES = 600


def test_the_same_event_always_has_the_same_poster() -> None:
    assert poster(7, category="concert") == poster(7, category="concert")


def test_a_poster_stays_the_same_across_releases() -> None:
    """People recognise events by it, and link previews are cached: change it on purpose."""
    ground = re.search(r'<path fill="(#[0-9a-f]{6})"', poster("0190a1b2", category="sport"))
    assert ground is not None
    assert ground[1] == "#101834"


@pytest.mark.parametrize("category", CATEGORIES)
def test_different_events_have_different_posters(category: str | None) -> None:
    assert len({poster(seed, category=category) for seed in range(200)}) == 200


def test_categories_are_composed_differently() -> None:
    assert len({poster(7, category=category) for category in COMPOSITIONS}) == len(COMPOSITIONS)


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_poster_is_well_formed_and_obeys_the_content_security_policy(
    category: str | None,
) -> None:
    drawing = poster(7, category=category)
    root = ET.fromstring(drawing)
    assert isinstance(drawing, Markup)
    assert root.get("aria-hidden") == "true"
    for element in root.iter():
        assert not element.tag.endswith(("script", "style"))
        assert not {"style", "id"} & set(element.attrib)


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_poster_is_small(category: str | None) -> None:
    sizes = [len(zlib.compress(poster(seed, category=category).encode())) for seed in range(200)]
    assert max(sizes) <= BUDGET_BYTES


def test_hostile_names_do_not_reach_the_drawing() -> None:
    drawing = poster('"><script>', category='"><i>')
    ET.fromstring(drawing)
    assert "<script>" not in drawing
    assert "<i>" not in drawing
