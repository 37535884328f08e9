"""Programs find events and venues, and enter an event that is not here yet."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.event import listen, remove

from app import clock
from app.catalog import scheduling
from app.catalog.models import Event, Venue
from app.db import transaction
from tests.support.programs import Program, kind_of, places_of

pytestmark = pytest.mark.thorough

BERLIN = ZoneInfo("Europe/Berlin")
GERMAN = {"Accept-Language": "de"}


@pytest.fixture
def program(app):
    return Program(app)


@pytest.fixture
def ada(app, person):
    """The program of somebody who is signed in."""
    return Program(app, person("ada"))


@pytest.fixture
def new():
    """An event as a program describes it."""
    return {
        "title": "Hafenlichter",
        "category": "concert",
        "starts_at": text_of(clock.now() + timedelta(days=40)),
        "venue": {"name": "Lichthof", "city": "Leipzig", "country": "DE"},
    }


@pytest.fixture
def statements(db):
    """What the database is asked."""
    sent: list[str] = []

    def keep(_connection, _cursor, statement, *_):
        sent.append(statement)

    listen(db.engine, "before_cursor_execute", keep)
    yield sent
    remove(db.engine, "before_cursor_execute", keep)


def text_of(moment: datetime) -> str:
    return moment.replace(microsecond=0).strftime("%Y-%m-%dT%H:%M:%SZ")


def titles(answer):
    assert answer.status_code == 200, answer.json
    return [event["title"] for event in answer.json["items"]]


def day_in(days: int) -> str:
    """The day on which an event of `plan(days=...)` is, on the clock of its venue."""
    return str((clock.now() + timedelta(days=days)).astimezone(BERLIN).date())


def test_events_are_found_as_on_the_pages(plan, program):
    plan("Blur", days=3)
    plan("Hafenlichter", days=2, city="Bremen", category="theatre")
    cancelled(plan("Gone", days=1))
    for query, found in {
        "": ["Hafenlichter", "Blur"],
        "?sort=latest": ["Blur", "Hafenlichter"],
        "?sort=newest": ["Hafenlichter", "Blur"],
        "?q=haf": ["Hafenlichter"],
        "?q=!": [],
        "?city=bremen": ["Hafenlichter"],
        "?category=theatre": ["Hafenlichter"],
        f"?from={day_in(3)}": ["Blur"],
        f"?to={day_in(2)}": ["Hafenlichter"],
        f"?from={day_in(3)}&to={day_in(2)}": [],
    }.items():
        assert titles(program.get(f"/events{query}")) == found, query


def cancelled(event: Event) -> Event:
    with transaction():
        scheduling.cancel(event)
    return event


def test_an_event_says_all_that_its_page_does(plan, program):
    event = plan("Blur", days=3, time_announced=False)
    answer = program.get(f"/events/{event.id}")
    assert answer.json == {
        "id": event.id,
        "slug": event.slug,
        "title": "Blur",
        "category": "concert",
        "starts_at": text_of(event.starts_at),
        "time_announced": False,
        "doors_at": None,
        "status": "scheduled",
        "venue": {
            "id": event.venue_id,
            "name": "Lichthof",
            "city": "Leipzig",
            "country": "DE",
            "timezone": "Europe/Berlin",
        },
        "created_at": event.created_at.isoformat().replace("+00:00", "Z"),
    }
    assert program.get("/events").json == {"items": [answer.json], "next_cursor": None}


def test_what_is_over_or_cancelled_can_still_be_read(plan, program, later):
    event = cancelled(plan(days=3))
    assert program.get(f"/events/{event.id}").json["status"] == "cancelled"
    later(days=4)
    assert program.get(f"/events/{event.id}").status_code == 200


def test_there_is_no_other_event(program):
    for number in (1, 2**63 - 1, 2**63, 0, "x"):
        answer = program.get(f"/events/{number}")
        assert (answer.status_code, kind_of(answer)) == (404, "not-found")


def test_who_has_an_event_already_is_not_sent_it_again(plan, program):
    event_id = plan().id
    first = program.get(f"/events/{event_id}")
    known = {"If-None-Match": first.headers["ETag"]}
    again = program.get(f"/events/{event_id}", headers=known)
    assert (again.status_code, again.data) == (304, b"")
    with transaction():
        scheduling.change(Event.query.one(), title="Blur again")
    assert program.get(f"/events/{event_id}", headers=known).json["title"] == "Blur again"


@pytest.mark.parametrize("sort", ["soonest", "latest", "newest"])
def test_pages_of_events_are_complete_although_more_are_entered(plan, program, sort):
    there = {plan(f"Event {number}", days=10 + number).id for number in range(5)}
    found, url = [], f"/events?limit=2&sort={sort}"
    while url:
        answer = program.get(url)
        assert len(answer.json["items"]) <= 2
        found += [event["id"] for event in answer.json["items"]]
        plan(f"Early {len(found)}", days=1)
        plan(f"Late {len(found)}", days=100 + len(found))
        assert ("Link" in answer.headers) == bool(answer.json["next_cursor"])
        url = answer.json["next_cursor"] and next_of(answer)
        if len(found) > 30:
            break
    assert len(found) == len(set(found))
    assert there <= set(found)


def next_of(answer) -> str:
    """The path below /api/v1 that the header Link names."""
    link = answer.headers["Link"]
    assert link.endswith('; rel="next"')
    return link.partition("/api/v1")[2].partition(">")[0]


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("colour=red", "colour"),
        ("category=opera", "category"),
        ("sort=cheapest", "sort"),
        ("from=tomorrow", "from"),
        ("date_from=2027-01-01", "date_from"),
        ("to=2027-02-30", "to"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=1.0", "limit"),
        ("q=a&q=b", "q"),
        ("q=%00", "q"),
        (f"q={'x' * 101}", "q"),
        ("cursor=x", "cursor"),
        ("cursor=bmV3ZXN0IDEgMQ", "cursor"),  # of another order
    ],
)
def test_what_cannot_be_asked_for_is_named(program, query, place):
    answer = program.get(f"/events?{query}")
    assert answer.status_code == 422
    assert places_of(answer) == [place]


def test_an_event_is_entered_with_its_venue(ada, new):
    answer = ada.post("/events", new)
    assert answer.status_code == 201
    event = answer.json
    assert event["title"] == "Hafenlichter"
    assert event["starts_at"] == new["starts_at"]
    assert event["time_announced"] is True
    assert event["venue"]["timezone"] == "Europe/Berlin"
    read = ada.client.get(answer.headers["Location"])
    assert read.json == event
    assert read.headers["ETag"] == answer.headers["ETag"]


def test_an_event_is_entered_at_a_venue_that_is_there(ada, plan, new):
    venue_id = plan().venue_id
    answer = ada.post("/events", without(new, "venue") | {"venue_id": venue_id})
    assert answer.status_code == 201
    assert answer.json["venue"]["id"] == venue_id
    again = new | {"title": "Another", "venue": new["venue"] | {"name": "LICHTHOF"}}
    assert ada.post("/events", again).json["venue"]["id"] == venue_id


def without(values, *names):
    return {name: value for name, value in values.items() if name not in names}


def test_only_the_day_counts_while_the_time_is_not_announced(ada, new):
    start = clock.now() + timedelta(days=40)
    event = ada.post("/events", new | {"time_announced": False}).json
    midnight = datetime.fromisoformat(event["starts_at"]).astimezone(BERLIN)
    assert midnight.hour == 0
    assert midnight.date() == start.astimezone(BERLIN).date()


def test_a_likely_duplicate_is_named_and_can_be_insisted_on(ada, plan, new, db):
    other = plan("Hafenlichter", days=40).id
    answer = ada.post("/events", new)
    assert (answer.status_code, kind_of(answer)) == (409, "likely-duplicates")
    assert answer.json["event_ids"] == [other]
    assert db.session.scalar(db.select(db.func.count(Event.id))) == 1
    assert ada.post("/events", new | {"is_another": True}).status_code == 201


@pytest.mark.parametrize(
    ("change", "places"),
    [
        ({"status": "cancelled"}, ["/status"]),
        ({"id": 7, "slug": "x"}, ["/id", "/slug"]),
        ({"title": " x "}, ["/title"]),
        ({"title": None}, ["/title"]),
        ({"title": "a\0b"}, ["/title"]),
        ({"category": "opera"}, ["/category"]),
        ({"starts_at": "2020-01-01T20:00:00Z"}, ["/starts_at"]),
        ({"starts_at": "9999-12-31T23:59:59Z"}, ["/starts_at"]),
        ({"starts_at": "2027-03-01T20:00:00"}, ["/starts_at"]),
        ({"starts_at": 1800000000}, ["/starts_at"]),
        ({"time_announced": "yes"}, ["/time_announced"]),
        ({"venue_id": 1}, [""]),
        ({"venue": None}, ["/venue"]),
        ({"venue": {"name": "Lichthof"}}, ["/venue/city", "/venue/country"]),
        ({"venue": {"name": " ", "city": "Leipzig", "country": "DE"}}, ["/venue/name"]),
        ({"venue": {"name": "A", "city": " ", "country": "DE"}}, ["/venue/city"]),
        ({"venue": {"name": "A", "city": "B", "country": "Germany"}}, ["/venue/country"]),
        ({"venue": {"name": "A", "city": "B", "country": "US"}}, ["/venue/timezone"]),
        (
            {"venue": {"name": "A", "city": "B", "country": "DE", "timezone": "Mars/Base"}},
            ["/venue/timezone"],
        ),
        (
            {"venue": {"name": "A", "city": "B", "country": "DE", "owner": 1}},
            ["/venue/owner"],
        ),
    ],
    ids=str,
)
def test_what_cannot_be_entered_is_named(ada, new, db, change, places):
    answer = ada.post("/events", new | change)
    assert answer.status_code == 422
    assert places_of(answer) == places
    assert not db.session.scalars(db.select(Event)).all()


def test_an_event_needs_one_venue_that_is_there(ada, new):
    assert places_of(ada.post("/events", without(new, "venue"))) == [""]
    unknown = ada.post("/events", without(new, "venue") | {"venue_id": 7})
    assert (unknown.status_code, places_of(unknown)) == (422, ["/venue_id"])


def test_only_who_is_signed_in_enters_an_event(program, new, db):
    for body in (new, {"nonsense": 1}):
        answer = program.post("/events", body)
        assert (answer.status_code, kind_of(answer)) == (401, "unauthenticated")
    assert not db.session.scalars(db.select(Venue)).all()


def test_a_token_that_is_no_good_is_refused_where_none_is_needed(program):
    program.sign_in("x")
    for path in ("/events", "/events/1", "/venues"):
        assert program.get(path).status_code == 401


def test_refusals_are_in_the_language_that_is_asked_for(ada, new, plan):
    unknown = without(new, "venue") | {"venue_id": 7}
    assert ada.post("/events", unknown, headers=GERMAN).json["detail"] == (
        "Diesen Ort gibt es hier nicht."
    )
    plan("Hafenlichter", days=40)
    answer = ada.post("/events", new, headers=GERMAN)
    assert answer.json["detail"] == "Diese Veranstaltung gibt es hier vielleicht schon."


def test_venues_are_found_by_words_and_city(plan, program):
    for name, city in [("Lichthof", "Leipzig"), ("Altes Licht", "Köln"), ("Arena", "Köln")]:
        plan(f"At {name}", venue=name, city=city)
    for query, names in {
        "": ["Lichthof", "Altes Licht", "Arena"],
        "?q=licht": ["Lichthof", "Altes Licht"],
        "?q=K%C3%B6ln+ar": ["Arena"],
        "?q=icht": [],
        "?q=!": [],
        "?q=%25": [],
        "?city=koln": ["Altes Licht", "Arena"],
        "?city=koln&q=licht": ["Altes Licht"],
        "?city=K": [],
    }.items():
        answer = program.get(f"/venues{query}")
        assert [venue["name"] for venue in answer.json["items"]] == names, query


def test_pages_of_venues_are_complete_although_more_are_entered(plan, program):
    there = {plan(f"Event {number}", venue=f"Hall {number}").venue_id for number in range(5)}
    found, url = [], "/venues?limit=2&q=hall"
    while url:
        answer = program.get(url)
        found += [venue["id"] for venue in answer.json["items"]]
        if len(found) < 5:
            plan(f"More {len(found)}", venue=f"Hall {10 + len(found)}")
        url = answer.json["next_cursor"] and next_of(answer)
    assert len(found) == len(set(found))
    assert there <= set(found)


@pytest.mark.parametrize("query", ["cursor=x", "cursor=bmV3ZXN0IDEgMQ", "country=DE", "limit=-1"])
def test_what_cannot_be_asked_of_venues_is_named(program, query):
    answer = program.get(f"/venues?{query}")
    assert (answer.status_code, places_of(answer)) == (422, [query.partition("=")[0]])


def test_lists_take_few_statements_however_long(plan, program, statements):
    for number in range(12):
        plan(f"Event {number}", venue=f"Hall {number}")
    for path in (f"/events?q=event&city=leipzig&from={day_in(1)}", "/venues?q=hall"):
        statements.clear()
        assert len(program.get(path).json["items"]) == 12
        assert len([each for each in statements if each.startswith(("SELECT", "WITH"))]) <= 4
