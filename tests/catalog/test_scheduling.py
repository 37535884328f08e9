"""Entering, changing and cancelling events."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from app import clock
from app.catalog import scheduling
from app.catalog.models import EventStatus, Venue
from app.catalog.search import EventQuery, find_events
from app.db import transaction
from app.errors import Conflict, Invalid

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def evening():
    """In a month, at an hour that is the same day everywhere in Europe."""
    return datetime.combine(clock.now() + timedelta(days=30), time(18), UTC)


def test_one_venue_is_one_row_however_it_is_spelled(db):
    with transaction():
        one = scheduling.find_or_add_venue("Café Müller", "München", "de")
        other = scheduling.find_or_add_venue(" CAFE  MULLER", "munchen", "DE", street="Isarring 1")
        elsewhere = scheduling.find_or_add_venue("Café Müller", "München", "AT")
    assert one is other
    assert elsewhere is not one
    assert one.timezone == "Europe/Berlin"
    assert db.session.scalar(select(func.count(Venue.id))) == 2


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"name": " "}, "venue"),
        ({"name": "x" * 121}, "venue"),
        ({"city": ""}, "city"),
        ({"country": "XX"}, "country"),
        ({"country": "Germany"}, "country"),
        ({"country": "US"}, "timezone"),
        ({"timezone": "Europe/Atlantis"}, "timezone"),
        ({"timezone": "America/New_York"}, "timezone"),
        ({"country": "US", "timezone": "Europe/Berlin"}, "timezone"),
    ],
)
def test_a_venue_that_cannot_be_names_the_field(db, facts, field):
    with pytest.raises(Invalid) as refusal, transaction():
        scheduling.find_or_add_venue(**{"name": "Zenith", "city": "Bonn", "country": "DE"} | facts)
    assert refusal.value.field == field


def test_a_venue_may_have_any_zone_whose_clock_the_country_has(db):
    with transaction():
        for number, (country, timezone) in enumerate(
            [
                ("US", "America/Chicago"),
                ("US", "US/Central"),
                ("DE", "Europe/Busingen"),
                ("IN", "Asia/Calcutta"),
                ("BV", "Europe/Oslo"),  # nobody lives there, so nobody has said what time it is
            ]
        ):
            venue = scheduling.find_or_add_venue(f"Zenith {number}", "Bonn", country, timezone)
            assert venue.timezone == timezone


def test_a_zone_that_is_not_the_known_venues_is_refused_and_that_one_named(db):
    with transaction():
        venue = scheduling.find_or_add_venue("Garden", "New York", "US", "America/New_York")
        assert scheduling.find_or_add_venue("Garden", "New York", "US", "US/Eastern") is venue
    with pytest.raises(Invalid, match="has the time zone America/New_York") as refusal:
        scheduling.find_or_add_venue("GARDEN", "New York", "US", "America/Chicago")
    assert refusal.value.field == "timezone"


def test_a_country_with_several_zones_is_called_by_its_name(db):
    with pytest.raises(Invalid, match="United States has more than one time zone"):
        scheduling.find_or_add_venue("Garden", "New York", "US")


def test_who_enters_the_same_venue_at_the_same_moment_gets_the_same_row(db, monkeypatch):
    with transaction():
        first = scheduling.find_or_add_venue("Zenith", "Bonn", "DE").id
    # The other did not see it yet when it looked.
    monkeypatch.setattr("app.catalog.venues._find", lambda *_: None)
    with transaction():
        assert scheduling.find_or_add_venue("ZENITH", "Bonn", "DE").id == first


def test_an_event_gets_a_readable_address(plan):
    starts_at = (clock.now() + timedelta(days=40)).replace(hour=18)
    day = starts_at.astimezone(BERLIN).date()
    addresses = [plan("Blür & Friends!", starts_at=starts_at).slug for _ in range(12)]
    assert addresses[:2] == [f"blur-friends-leipzig-{day}", f"blur-friends-leipzig-{day}-2"]
    assert len(set(addresses)) == 12


def test_a_title_of_signs_gets_an_address_too(plan):
    assert plan("!!!").slug.startswith("event-leipzig-")
    assert len(plan("word " * 24).slug) < 100


def test_an_address_taken_at_the_same_moment_is_not_taken_twice(plan, monkeypatch):
    first = plan().slug
    monkeypatch.setattr("app.catalog.scheduling.slugs", lambda *_: iter([first, "second"]))
    scalar = scheduling.db.session.scalar
    monkeypatch.setattr(
        scheduling.db.session,
        "scalar",
        lambda query: None if "slug" in str(query) else scalar(query),
    )
    assert plan().slug == "second"


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x"}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"category": "opera"}, "category"),
        ({"days": -0.01}, "starts_at"),
        ({"days": 6 * 365}, "starts_at"),
        ({"starts_at": datetime.max.replace(tzinfo=UTC)}, "starts_at"),
        ({"starts_at": datetime.min.replace(tzinfo=UTC)}, "starts_at"),
        ({"doors_at": datetime(2020, 1, 1, tzinfo=UTC)}, "doors_at"),
    ],
)
def test_an_event_that_cannot_be_names_the_field(plan, facts, field):
    with pytest.raises(Invalid) as refusal:
        plan(**facts)
    assert refusal.value.field == field


def test_names_are_stored_clean(plan):
    event = plan(" Bl\0ur \n \u202elive  ", venue="Licht\thof")
    assert (event.title, event.venue.name) == ("Bl ur live", "Licht hof")


def test_a_day_without_a_time_begins_at_the_venues_midnight_and_counts_as_ahead(plan):
    today = clock.now().astimezone(BERLIN)
    event = plan(starts_at=today, time_announced=False)
    assert event.starts_at_local.replace(tzinfo=None) == datetime.combine(
        today.date(), datetime.min.time()
    )
    assert not event.has_begun()
    assert find_events(EventQuery()).items == [event]
    with pytest.raises(Invalid):
        plan(starts_at=today - timedelta(days=1), time_announced=False)


def test_a_source_is_taken_in_once(plan):
    plan(source_uid="blur-1")
    with pytest.raises(Conflict):
        plan(source_uid="blur-1")


def test_what_happens_to_an_event_is_recorded(plan, recorded):
    event = plan()
    with transaction():
        assert scheduling.change(event, title="Blur and friends")
        assert not scheduling.change(event, title="Blur and friends")
        assert scheduling.cancel(event)
        assert not scheduling.cancel(event)
    assert [(type, data["title"], data["status"]) for type, data in recorded()] == [
        ("event.created", "Blur", "scheduled"),
        ("event.changed", "Blur and friends", "scheduled"),
        ("event.changed", "Blur and friends", "cancelled"),
    ]
    assert event.status == EventStatus.CANCELLED
    assert event.is_cancelled


def test_a_changed_event_is_found_by_what_it_is_now(plan):
    event = plan("Blur", city="Leipzig")
    with transaction():
        venue = scheduling.find_or_add_venue("Zenith", "München", "DE")
        scheduling.change(event, title="Pulp", venue=venue)
    for word, found in (("blur", 0), ("leipzig", 0), ("pulp", 1), ("muenchen", 1)):
        assert len(find_events(EventQuery(q=word)).items) == found, word
    assert find_events(EventQuery(city="munchen")).items == [event]


def test_a_moved_event_keeps_its_address_and_its_time_between_doors_and_start(plan):
    start = clock.now() + timedelta(days=30)
    event = plan(starts_at=start, doors_at=start - timedelta(hours=1))
    slug = event.slug
    with transaction():
        scheduling.change(event, starts_at=start + timedelta(days=7))
    assert event.slug == slug
    assert event.starts_at - event.doors_at == timedelta(hours=1)
    with pytest.raises(Invalid), transaction():
        scheduling.change(event, starts_at=clock.now() - timedelta(days=1))


def test_a_likely_duplicate_is_named_before_it_is_entered_twice(plan):
    start = clock.now() + timedelta(days=30)
    same = plan("Blur: live in concert", starts_at=start, city="München")
    plan("Pulp live", starts_at=start, city="München")
    plan("Blur", starts_at=start, city="Berlin")
    plan("Blur", starts_at=start + timedelta(days=3), city="München")
    cancelled = plan("Blur", starts_at=start, city="München")
    with transaction():
        scheduling.cancel(cancelled)
    mine = plan("BLUR live", starts_at=start, city="munchen", venue="Zenith")
    assert scheduling.likely_duplicates(mine) == [same]
    nameless = plan("???", starts_at=start, city="München", venue="Zeltplatz")
    assert scheduling.likely_duplicates(nameless) == []


def test_the_same_venue_and_then_the_nearest_time_come_first(plan, evening):
    elsewhere = plan("Blur", starts_at=evening, venue="Zenith")
    later = plan("Blur", starts_at=evening + timedelta(hours=4))
    sooner = plan("Blur", starts_at=evening - timedelta(hours=1))
    plan("Matinee", starts_at=evening)
    mine = plan("Blur", starts_at=evening)
    assert scheduling.likely_duplicates(mine) == [sooner, later, elsewhere]


def test_an_address_that_nobody_has_leads_nowhere(plan):
    event = plan()
    assert scheduling.by_slug(event.slug) is event
    assert scheduling.by_slug("nothing") is None
    assert scheduling.by_slug("nul\0") is None


def test_many_who_enter_the_same_at_once_get_one_venue_and_an_address_each(app, db):
    start = clock.now() + timedelta(days=30)
    together = Barrier(6)

    def enter(_number: int) -> str:
        with app.app_context():
            together.wait()
            with transaction():
                venue = scheduling.find_or_add_venue("Zenith", "München", "DE")
                event = scheduling.schedule(
                    title="Blur", category="concert", venue=venue, starts_at=start
                )
                return event.slug

    with ThreadPoolExecutor(6) as people:
        addresses = list(people.map(enter, range(6)))
    assert len(set(addresses)) == 6
    assert db.session.scalar(select(func.count(Venue.id))) == 1
