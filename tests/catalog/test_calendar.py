"""The file that puts an event into somebody's calendar."""

from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar

from app.catalog import scheduling
from app.db import transaction


@pytest.fixture
def get(app):
    return lambda event, **headers: app.test_client().get(
        f"/events/{event.slug}/calendar.ics", headers=headers
    )


def entry(answer):
    [found] = Calendar.from_ical(answer.data).walk("VEVENT")
    return found


def test_anyone_gets_what_and_where_and_when(db, get, event):
    event.venue.street = "Am Markt 1"
    event.starts_at = datetime(2031, 3, 14, 19, tzinfo=UTC)
    event.doors_at = datetime(2031, 3, 14, 18, tzinfo=UTC)
    db.session.commit()
    answer = get(event)
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''blur-leipzig.ics"

    found = entry(answer)
    assert found["SUMMARY"] == "Blur"
    assert found.decoded("DTSTART") == event.starts_at
    assert found.decoded("DURATION") == timedelta(hours=3)
    assert found["LOCATION"] == "Lichthof, Am Markt 1, Leipzig, DE"
    assert found["URL"] == "http://localhost:8000/events/blur-leipzig"
    assert found["STATUS"] == "CONFIRMED"
    assert "Doors 19:00." in found["DESCRIPTION"]
    assert "Einlass 19:00." in entry(get(event, **{"Accept-Language": "de"}))["DESCRIPTION"]


def test_without_an_hour_it_takes_the_day(db, get, event):
    event.venue.timezone = "Pacific/Auckland"
    event.starts_at = datetime(2031, 3, 13, 11, tzinfo=UTC)  # midnight there
    event.time_announced = False
    db.session.commit()
    found = entry(get(event))
    assert found.decoded("DTSTART") == date(2031, 3, 14)
    assert "DURATION" not in found


def test_a_later_file_replaces_the_entry(get, event, later):
    first = entry(get(event))
    later(hours=1)
    with transaction():
        scheduling.change(event, starts_at=event.starts_at + timedelta(days=1))
    moved = entry(get(event))
    later(hours=2)
    with transaction():
        scheduling.cancel(event)
    cancelled = entry(get(event))

    assert first["UID"] == moved["UID"] == cancelled["UID"]
    assert first["SEQUENCE"] == 0
    assert first["SEQUENCE"] < moved["SEQUENCE"] < cancelled["SEQUENCE"]
    assert [it["STATUS"] for it in (moved, cancelled)] == ["CONFIRMED", "CANCELLED"]


def test_a_title_cannot_write_lines_of_its_own(db, get, event):
    event.title = "Blur; live, \\n\nSTATUS:CANCELLED\r\nEND:VEVENT"
    db.session.commit()
    found = entry(get(event))
    assert found["STATUS"] == "CONFIRMED"
    assert found["SUMMARY"].startswith("Blur; live, ")


def test_the_name_of_the_file_is_safe(db, get, event):
    event.slug = "ブラー-leipzig"
    db.session.commit()
    said = get(event).headers["Content-Disposition"]
    assert said.isascii()
    assert "filename*=UTF-8''%E3%83%96" in said


def test_an_event_that_is_not_there_has_no_file(app, db):
    assert app.test_client().get("/events/nothing/calendar.ics").status_code == 404
