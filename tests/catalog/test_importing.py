"""Calendars and tables of events go in whole, once, and at the right time."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from app import clock
from app.catalog import scheduling
from app.catalog.models import Event, Venue
from app.db import transaction
from tests.support.season import SEASON

pytestmark = pytest.mark.thorough

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _november(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def load(app, db, tmp_path) -> Callable[..., str]:
    """Imports this text as a file: the last line of what is printed, or all of it."""

    def run(content: str | bytes, *options: str, name="events.ics", whole=False, status=0) -> str:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        db.session.remove()
        result = app.test_cli_runner().invoke(args=["import-events", str(path), *options])
        assert result.exit_code == status, result.output
        return result.output if whole or status else result.output.splitlines()[-1]

    return run


def calendar(*entries: str, head: str = "") -> str:
    """An iCalendar file; entries are lines, to which what is missing is added."""
    blocks = []
    for number, entry in enumerate(entries, 1):
        lines = [line for line in entry.split("\n") if line]
        names = {line.replace(";", ":").split(":")[0] for line in lines}
        for name, line in {
            "UID": f"UID:{number}@example.org",
            "SUMMARY": "SUMMARY:Blur",
            "LOCATION": "LOCATION:Zenith\\, München",
            "DTSTART": "DTSTART;TZID=Europe/Berlin:20270314T200000",
        }.items():
            if name not in names:
                lines.append(line)
        blocks += ["BEGIN:VEVENT", *lines, "END:VEVENT"]
    return "\r\n".join(
        ["BEGIN:VCALENDAR", "VERSION:2.0", *head.splitlines(), *blocks, "END:VCALENDAR", ""]
    )


def summary(**counts: int) -> str:
    names = ("new", "updated", "unchanged", "cancelled", "past", "refused")
    return ", ".join(f"{counts.get(name, 0)} {name}" for name in names)


def the_event(db) -> Event:
    return db.session.scalars(select(Event)).one()


def test_an_entry_becomes_an_event_at_its_venue(load, db):
    assert load(calendar("CATEGORIES:Nice,Music")) == summary(new=1)
    event = the_event(db)
    assert (event.title, event.category, event.venue.name) == ("Blur", "concert", "Zenith")
    assert (event.venue.city, event.venue.country) == ("München", "DE")
    assert event.venue.timezone == "Europe/Berlin"
    assert event.starts_at == datetime(2027, 3, 14, 19, tzinfo=UTC)
    assert event.time_announced


def test_the_same_file_again_changes_nothing(load, recorded):
    content = calendar("", "UID:other")
    assert load(content) == summary(new=2)
    assert load(content) == summary(unchanged=2)
    assert len(recorded()) == 2


def test_the_same_uid_updates_the_event_also_when_it_moved(load, db):
    load(calendar(""))
    moved = "SUMMARY:Blur and friends\nDTSTART;TZID=Europe/Berlin:20270401T193000"
    assert load(calendar(moved + "\nLOCATION:Tempodrom\\, Berlin")) == summary(updated=1)
    event = the_event(db)
    assert (event.title, event.venue.city) == ("Blur and friends", "Berlin")
    assert event.starts_at == datetime(2027, 4, 1, 17, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "options", "hour"),
    [
        ("DTSTART;TZID=America/New_York:20270110T200000", (), 1),
        ("DTSTART:20270110T200000Z", ("--country", "DE"), 20),
        ("DTSTART:20270110T200000", ("--country", "de"), 19),
        ("DTSTART:20270110T200000", ("--country", "US", "--timezone", "America/New_York"), 1),
        ("DTSTART;TZID=W. Europe Standard Time:20270110T200000", (), 19),
    ],
)
def test_utc_floating_and_zoned_times_are_understood(load, db, start, options, hour):
    assert load(calendar(start), *options) == summary(new=1)
    assert the_event(db).starts_at.hour == hour


def test_a_zone_for_all_is_no_reason_to_refuse_an_entry(load, plan, db):
    plan("Blur", venue="Garden", city="New York", country="US", timezone="America/New_York")
    content = calendar(
        "LOCATION:Garden\\, 4 Penn Plaza\\, New York\\, United States\nDTSTART:20270110T200000Z",
        "LOCATION:Zenith\\, Ring 1\\, München\\, Germany\nDTSTART:20270110T200000Z\nUID:b",
        "LOCATION:Garden\\, 4 Penn Plaza\\, New York\\, United States\n"
        "DTSTART;TZID=Europe/Berlin:20270111T200000\nUID:c",
        head="X-WR-TIMEZONE:Asia/Tokyo",
    )
    assert load(content, "--timezone", "Australia/Sydney") == summary(new=3)
    found = {event.source_uid: event for event in db.session.scalars(select(Event))}
    assert found["b"].venue.timezone == "Europe/Berlin"
    assert found["c"].starts_at == datetime(2027, 1, 11, 19, tzinfo=UTC)
    assert found["c"].venue.timezone == "America/New_York"


def test_a_zone_that_the_file_defines_itself_is_understood(load, db):
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Hallenzeit\nBEGIN:STANDARD\nDTSTART:19700101T000000\n"
        "TZOFFSETFROM:+0300\nTZOFFSETTO:+0300\nEND:STANDARD\nEND:VTIMEZONE"
    )
    content = calendar("DTSTART;TZID=Hallenzeit:20270110T200000", head=zone)
    assert load(content, "--country", "DE") == summary(new=1)
    assert the_event(db).starts_at == datetime(2027, 1, 10, 17, tzinfo=UTC)


def test_a_whole_day_is_a_time_to_be_announced_until_a_time_comes(load, db):
    assert load(calendar("DTSTART;VALUE=DATE:20270314"), "--country", "DE") == summary(new=1)
    event = the_event(db)
    assert not event.time_announced
    assert event.starts_at_local.strftime("%Y-%m-%d %H:%M") == "2027-03-14 00:00"
    assert load(calendar("")) == summary(updated=1)
    assert the_event(db).time_announced


def test_the_past_is_skipped_and_leaves_no_venue(load, db):
    assert load(calendar("DTSTART:20200101T200000Z"), "--country", "DE") == summary(past=1)
    assert db.session.scalar(select(func.count(Venue.id))) == 0


def test_a_rehearsal_is_at_the_same_time_on_the_wall_across_the_change_of_clocks(load, db):
    content = calendar(
        "DTSTART;TZID=Europe/Berlin:20260801T203000\nUID:zoned",
        "DTSTART:20260801T183000Z\nUID:utc\nSUMMARY:Pulp",
        "DTSTART;VALUE=DATE:20260801\nUID:day\nSUMMARY:Suede",
    )
    assert load(content, "--weeks-later", "20") == summary(new=3)
    times = {
        event.source_uid: f"{event.starts_at_local:%Y-%m-%d %H:%M}"
        for event in db.session.scalars(select(Event))
    }
    assert times == {
        "zoned": "2026-12-19 20:30",
        "utc": "2026-12-19 20:30",
        "day": "2026-12-19 00:00",
    }


def test_a_cancelled_entry_cancels_its_event_for_good(load, db):
    load(calendar(""))
    assert load(calendar("STATUS:CANCELLED")) == summary(cancelled=1)
    assert the_event(db).is_cancelled
    assert load(calendar("STATUS:CANCELLED", "STATUS:CANCELLED\nUID:new")) == summary(unchanged=2)
    said = load(calendar("STATUS:CONFIRMED"), whole=True)
    assert "cancelled here and stays so" in said
    assert summary(refused=1) in said


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("SUMMARY:", "SUMMARY is missing"),
        ("SUMMARY:" + "x" * 130, "At most 120 fit"),
        ("SUMMARY:Pulp\nRRULE:FREQ=WEEKLY", "“Pulp”: repeating entries are not supported"),
        ("LOCATION:Zenith", "LOCATION “Zenith” is not “Venue, City”"),
        ("LOCATION:", "LOCATION is missing"),
        ("DTSTART:soon", "DTSTART “soon” is not a date"),
        ("DTSTART:20279999", "is not a date"),
        ("DTSTART:20270110T200000Z\nDTSTART:20270111T200000Z", "twice"),
        ("DTSTART;TZID=Mars/Base:20270110T200000", "time zone “Mars/Base”"),
        ("DTSTART;TZID=Europe/Berlin:20270328T023000", "02:30 does not exist"),
        ("DTSTART;TZID=Europe/Berlin:20370328T123000", "more than five years ahead"),
        ("UID:good", "The entry on line 3 has the same UID"),
        ("BEGIN:VALARM", "not valid iCalendar"),
        ("BEGIN:VEVENT", "the next entry begins, within it"),
    ],
)
def test_a_bad_entry_is_named_and_the_rest_goes_in(load, db, entry, reason):
    said = load(
        calendar("UID:good", entry, "UID:also good"), "--timezone", "Europe/Berlin", whole=True
    )
    assert reason in said
    assert "line 9" in said
    assert set(db.session.scalars(select(Event.source_uid))) >= {"good", "also good"}
    assert "1 refused" in said


def test_without_a_country_it_says_which_option_to_give(load):
    said = load(calendar("DTSTART:20270110T200000Z"), whole=True)
    assert "--country DE" in said


def test_a_location_with_street_postal_code_and_country_is_understood(load, db):
    place = "LOCATION:Zenith\\nLilienthalallee 29\\, 80939 München\\, Deutschland"
    assert load(calendar(place + "\nDTSTART:20270110T200000Z")) == summary(new=1)
    venue = the_event(db).venue
    assert (venue.name, venue.street, venue.city) == ("Zenith", "Lilienthalallee 29", "München")
    assert (venue.country, venue.timezone) == ("DE", "Europe/Berlin")


def test_an_entry_without_uid_is_recognised_again(load, db):
    content = calendar("").replace("UID:1@example.org\r\n", "")
    assert load(content) == summary(new=1)
    assert load(content) == summary(unchanged=1)


def test_a_uid_without_end_is_recognised_again(load):
    content = calendar("UID:" + "x" * 5000)
    assert load(content) == summary(new=1)
    assert load(content) == summary(unchanged=1)


def test_a_table_goes_in(load, db):
    table = (
        "\ufeffuid,title,category,starts_at,venue,city,country\n"
        "a,Blur,concert,2027-03-14 20:00,Zenith,München,DE\n"
        'b,"Pulp, live",Comedy,2027-03-14,O2,London,GB\n'
        "c,Suede,,2027-03-14T20:00:00Z,O2,London,GB\n"
        "\n"
        "d,Elastica,opera,2027-03-14 20:00,O2,London,GB\n"
        "e,Oasis,concert,tomorrow,O2,London,GB\n"
        "f,,concert,2027-03-14 20:00,O2,,GB\n"
        "g,Verve, the,concert,2027-03-14 20:00,O2,London,GB\n"
    )
    said = load(table, name="table.csv", whole=True)
    assert summary(new=3, refused=4) in said
    assert "line 6 “Elastica”: “opera” is not a category" in said
    assert "line 7 “Oasis”: starts_at “tomorrow” is not a time" in said
    assert "line 8 “f”: title and city missing" in said
    assert "line 9 “Verve”: more columns" in said
    found = {event.source_uid: event for event in db.session.scalars(select(Event))}
    assert found["a"].starts_at == datetime(2027, 3, 14, 19, tzinfo=UTC)
    assert not found["b"].time_announced
    assert (found["b"].title, found["b"].venue.timezone) == ("Pulp, live", "Europe/London")
    assert (found["c"].category, found["c"].starts_at.hour) == ("other", 20)
    semicolons = "uid;title;starts_at;venue;city;country\na;Blur;2027-03-14 20:00;Zenith;München;DE"
    assert load(semicolons, name="table.csv") == summary(unchanged=1)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "neither an iCalendar file"),
        ("<html>", "neither an iCalendar file"),
        (b"\x89PNG\r\n\x1a\n\x00", "neither an iCalendar file"),
        (calendar("").encode("utf-16"), "neither an iCalendar file"),
        ("title,starts_at,venue,country\n", "its first line lacks the column city."),
        ("uid;title;date\n", "lacks the columns starts_at and venue and city."),
    ],
)
def test_a_file_that_is_of_no_use_gets_one_sentence(load, content, reason):
    said = load(content, status=1)
    assert reason in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize("sign", ["\u2028", "\u0085", "\v", "\f", "\x1c"])
def test_a_title_goes_on_after_what_only_unicode_calls_a_line_end(load, db, sign):
    assert load(calendar(f"SUMMARY:Blur{sign}Tour")) == summary(new=1)
    assert the_event(db).title == "Blur Tour"


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_lines_may_end_in_three_ways(load, end):
    content = calendar("", "UID:other\nLOCATION:nowhere").replace("\r\n", end)
    said = load(content, whole=True)
    assert summary(new=1, refused=1) in said
    assert "line 9" in said


def test_a_line_may_be_folded_within_a_character_and_within_a_word(load, db):
    content = calendar("SUMMARY:Motörhead").encode()
    first, second = "ö".encode()[:1], "ö".encode()[1:]
    folded = content.replace("ö".encode(), first + b"\r\n " + second)
    assert load(folded.replace(b"head", b"he\r\n\tad")) == summary(new=1)
    assert the_event(db).title == "Motörhead"


def test_an_entry_that_is_not_utf8_is_named_and_the_rest_goes_in(load, db):
    entries = calendar("UID:good", "UID:bad\nSUMMARY:Motörhead\nDESCRIPTION:a\n b", "UID:also good")
    content = entries.encode().replace("Motörhead".encode(), "Motörhead".encode("latin-1"))
    said = load(content, whole=True)
    assert "line 9 “Mot\ufffdrhead”: line 11 is not UTF-8. Save the file" in said
    assert summary(new=2, refused=1) in said
    assert set(db.session.scalars(select(Event.source_uid))) == {"good", "also good"}


def test_a_row_that_is_not_utf8_is_named_and_the_rest_goes_in(load):
    rows = ["title,starts_at,venue,city,country", *["Blur,2027-03-14 20:00,Zenith,München,DE"] * 2]
    content = "\n".join(rows[:2]).encode() + b"\n" + rows[2].encode("latin-1")
    said = load(content, name="table.csv", whole=True)
    assert "line 3 “Blur”: it is not UTF-8. Save the file" in said
    assert summary(new=1, refused=1) in said


def test_a_field_without_measure_spoils_its_row_only_and_is_not_shown_whole(load):
    rows = [
        "uid,title,starts_at,venue,city,country",
        f'a,"{"x" * 200_000}\n",2027-03-14 20:00,Zenith,München,DE',
        "b,Blur,2027-03-14 20:00,Zenith,München,DE",
        f"c,Pulp,{'y' * 200_000},Zenith,München,DE",
    ]
    said = load("\n".join(rows), name="table.csv", whole=True)
    assert summary(new=1, refused=2) in said
    assert "line 2 “xxx" in said
    assert "line 5 “Pulp”: starts_at “yyy" in said
    assert len(said) < 1000


def test_what_a_file_says_does_not_reach_the_terminal_as_a_command(load):
    said = load(calendar("SUMMARY:\x1b[2JBlur\nLOCATION:nowhere"), whole=True)
    assert "Blur" in said
    assert "\x1b" not in said


def test_a_country_with_several_zones_says_which_option_to_give(load):
    table = "title,starts_at,venue,city,country\nBlur,2027-03-14 20:00,Garden,New York,US\n"
    said = load(table, name="table.csv", whole=True)
    assert "--timezone America/New_York" in said
    assert load(table, "--timezone", "America/New_York", name="table.csv") == summary(new=1)


def test_a_file_without_end_is_refused(app, db):
    result = app.test_cli_runner().invoke(args=["import-events", "/dev/zero"])
    assert result.exit_code == 1
    assert "larger than 64 MB" in result.output


def test_a_file_that_is_not_there_gets_one_sentence(app, db, tmp_path):
    for path in (tmp_path / "nothing.ics", tmp_path):
        result = app.test_cli_runner().invoke(args=["import-events", str(path)])
        assert result.exit_code == 1
        assert len(result.output.splitlines()) == 1


@pytest.mark.parametrize(
    "options",
    [("--country", "XX"), ("--timezone", "Berlin"), ("--category", "x"), ("--weeks-later", "-1")],
)
def test_options_that_cannot_be_are_refused(load, options):
    assert options[0] in load(calendar(""), *options, status=2)


def test_an_interrupted_import_leaves_whole_events_and_can_be_run_again(load, db, monkeypatch):
    content = calendar(*(f"SUMMARY:Show {number}" for number in range(120)))
    schedule = scheduling.schedule
    taken = []

    def interrupted(**facts):
        if len(taken) == 75:
            raise KeyboardInterrupt
        taken.append(facts)
        return schedule(**facts)

    with monkeypatch.context() as patch:
        patch.setattr(scheduling, "schedule", interrupted)
        load(content, status=1)
    db.session.remove()
    assert db.session.scalar(select(func.count(Event.id))) == 50
    assert load(content) == summary(new=70, unchanged=50)


def test_what_somebody_entered_by_hand_is_left_alone(load, plan, db):
    mine = plan("Blur", venue="Zenith", city="München", days=20).id
    load(calendar(""))
    with transaction():
        assert db.session.get_one(Event, mine).source_uid is None
    assert db.session.scalar(select(func.count(Event.id))) == 2


@pytest.mark.skipif(SEASON is None, reason="the season is not here")
def test_a_whole_season_is_past_and_can_be_rehearsed(app, db, monkeypatch):
    def run(*options: str) -> str:
        db.session.remove()
        result = app.test_cli_runner().invoke(args=["import-events", str(SEASON), *options])
        return result.output.splitlines()[-1]

    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 10, 1, tzinfo=UTC))
    assert run() == summary(past=306)
    assert run("--weeks-later", "60") == summary(new=306)
    assert run("--weeks-later", "60") == summary(unchanged=306)
    first = db.session.scalars(select(Event).order_by(Event.starts_at, Event.id)).first()
    assert first is not None
    assert f"{first.starts_at_local:%Y-%m-%d %H:%M}" == "2026-10-16 20:30"
    assert first.title == "FC Bayern München - RB Leipzig"
    assert first.venue.name == "Allianz Arena"
