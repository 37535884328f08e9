"""Wall clocks: gaps, hours that come twice, and what zone a country has."""

from datetime import UTC, date, datetime

import pytest

from app.catalog.local_time import (
    country_of_zone,
    is_country,
    start_of_day,
    to_utc,
    zone_of_country,
)
from app.errors import Invalid

wall = datetime.fromisoformat


def test_a_wall_clock_becomes_utc():
    assert to_utc(wall("2027-03-14 20:00"), "Europe/Berlin") == datetime(
        2027, 3, 14, 19, tzinfo=UTC
    )
    assert to_utc(wall("2027-07-14 20:00"), "Europe/Berlin") == datetime(
        2027, 7, 14, 18, tzinfo=UTC
    )


def test_a_time_that_is_skipped_is_refused():
    with pytest.raises(Invalid, match="02:30 does not exist") as refusal:
        to_utc(wall("2027-03-28 02:30"), "Europe/Berlin")
    assert refusal.value.field == "starts_at"


def test_of_an_hour_that_comes_twice_the_first_is_meant():
    assert to_utc(wall("2027-10-31 02:30"), "Europe/Berlin") == datetime(
        2027, 10, 31, 0, 30, tzinfo=UTC
    )


@pytest.mark.parametrize(
    "zone", ["Europe/Atlantis", "", "../etc/passwd", "a\0b", "Europe", "x" * 999]
)
def test_a_zone_that_does_not_exist_is_refused(zone):
    with pytest.raises(Invalid) as refusal:
        to_utc(wall("2027-03-14 20:00"), zone)
    assert refusal.value.field == "timezone"


def test_the_ends_of_time_are_refused():
    for moment, zone in (
        (wall("0001-01-01 00:00"), "Asia/Tokyo"),
        (wall("9999-12-31 23:59"), "America/New_York"),
    ):
        with pytest.raises(Invalid):
            to_utc(moment, zone)


def test_a_day_begins_later_where_midnight_is_skipped():
    begins = start_of_day(date(2019, 9, 8), "America/Santiago")
    assert begins == datetime(2019, 9, 8, 4, tzinfo=UTC)


def test_a_country_with_one_clock_has_a_zone():
    assert zone_of_country("DE") == "Europe/Berlin"  # Busingen's clock shows the same
    assert zone_of_country("FR") == "Europe/Paris"
    assert zone_of_country("US") is None
    assert zone_of_country("XX") is None


def test_a_zone_has_a_country():
    assert country_of_zone("Europe/Berlin") == "DE"
    assert country_of_zone("UTC") is None


def test_countries_are_the_ones_of_iso_3166():
    assert is_country("DE")
    assert not any(map(is_country, ("EU", "ZZ", "de", "DEU", "")))
