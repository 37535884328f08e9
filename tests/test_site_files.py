"""What browsers and search engines ask of a site by name."""

import json
from urllib.robotparser import RobotFileParser

import pytest
from sqlalchemy import event as sqlalchemy_event

from app.config import ROOT
from tests.support.png import size

SITE = "http://localhost:8000"


@pytest.fixture
def get(app, db):
    """An answer that asked no database: `get("/robots.txt")`."""

    def read(path: str, **options):
        asked = []
        listener = lambda *args: asked.append(args[2])  # noqa: E731
        sqlalchemy_event.listen(db.engine, "before_cursor_execute", listener)
        answer = app.test_client().get(path, **options)
        sqlalchemy_event.remove(db.engine, "before_cursor_execute", listener)
        assert answer.status_code == 200
        assert asked == []
        return answer

    return read


def test_robots_are_sent_to_what_is_worth_finding(get):
    answer = get("/robots.txt")
    assert answer.mimetype == "text/plain"
    assert answer.headers["Cache-Control"] == "public, max-age=86400"
    rules = RobotFileParser()
    rules.parse(answer.text.splitlines())
    may = lambda path: rules.can_fetch("anybot", SITE + path)  # noqa: E731
    for path in ("/", "/events", "/events/blur-leipzig", "/listings/1", "/signin", "/static/x"):
        assert may(path), path
    for path in ("/orders", "/orders/x/calendar.ics", "/account", "/selling", "/sell?event=x"):
        assert not may(path), path
    assert not may("/signin?next=%2Fevents")
    assert rules.site_maps() == [f"{SITE}/sitemap.xml"]


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Tickets from fans to fans"), ("de", "Tickets von Fans für Fans")],
)
def test_the_manifest_speaks_the_language_of_the_page(app, get, language, words):
    assert f"/manifest.webmanifest?lang={language}" in get("/signin?lang=" + language).text
    answer = get(f"/manifest.webmanifest?lang={language}")
    assert answer.mimetype == "application/manifest+json"
    assert "Set-Cookie" not in answer.headers
    told = json.loads(answer.data)
    assert (told["lang"], told["description"], told["start_url"]) == (language, words, "/")
    assert {icon["sizes"] for icon in told["icons"]} >= {"192x192", "512x512"}
    assert "maskable" in {icon["purpose"] for icon in told["icons"]}
    for icon in told["icons"]:
        picture = app.test_client().get(icon["src"])
        assert picture.mimetype == icon["type"]
        if icon["type"] == "image/png":
            assert "x".join(map(str, size(picture.data))) == icon["sizes"]


def test_the_icon_that_everybody_asks_for_is_there(get):
    answer = get("/favicon.ico")
    assert answer.data[:4] == b"\0\0\1\0"
    assert size(answer.data[22:]) == (32, 32)
    assert answer.headers["Cache-Control"] == "public, max-age=86400"


def test_the_pictures_of_the_site_have_their_sizes():
    for name, expected in {
        "icon-180.png": (180, 180),
        "preview-en.png": (1200, 630),
        "preview-de.png": (1200, 630),
    }.items():
        assert size((ROOT / "static/img" / name).read_bytes()) == expected
