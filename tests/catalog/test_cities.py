"""Completing the city that somebody types into the search form."""

import pytest

from app.catalog import scheduling
from app.catalog.venues import cities_beginning_with
from app.db import transaction


@pytest.mark.parametrize("typed", ["m", "MÜN", "munche", " münchen "])
def test_a_city_is_completed_in_any_spelling(plan, typed):
    plan(city="München")
    plan(city="Bremen")
    plan(city="Ulm")
    assert cities_beginning_with(typed) == ["München"]


def test_each_city_is_there_once_in_alphabetical_order(plan):
    for city in ("Bonn", "Berlin", "Bonn", "Bad Aibling", "Cottbus", "Aachen"):
        plan(city=city)
    assert cities_beginning_with("b") == ["Bad Aibling", "Berlin", "Bonn"]
    assert cities_beginning_with("b", limit=2) == ["Bad Aibling", "Berlin"]


def test_a_city_where_nothing_is_on_any_more_is_not_offered(plan, later):
    plan(city="Bonn", days=1)
    cancelled = plan(city="Berlin", days=9)
    with transaction():
        scheduling.cancel(cancelled)
    plan(city="Bremen", days=9)
    later(days=2)
    assert cities_beginning_with("b") == ["Bremen"]


def test_before_anything_is_typed_the_popular_ones_are_offered(plan):
    for city in ("Bonn", "Ulm", "Ulm"):
        plan(city=city)
    assert cities_beginning_with(" ") == ["Ulm", "Bonn"]


@pytest.mark.parametrize("typed", ["x", "%", "_", "b" * 500, "\N{MAN}"])
def test_what_no_city_begins_with_completes_to_none(plan, typed):
    plan(city="Bonn am Rhein")
    assert cities_beginning_with(typed) == []
