"""The picture of an event for link previews."""

from datetime import UTC, datetime

import pytest
from flask_babel import force_locale

from app.catalog import scheduling
from app.catalog.previews import preview_of, preview_path
from app.db import transaction
from tests.support.png import size


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def in_march(db, event):
    event.starts_at = datetime(2031, 3, 14, 19, tzinfo=UTC)
    db.session.commit()
    return event


def address(app, event, language="en"):
    with app.test_request_context(), force_locale(language):
        return preview_path(event)


def test_it_is_a_picture_that_may_be_kept_for_good_under_its_own_address(app, client, event):
    answer = client.get(address(app, event))
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert size(answer.data) == (1200, 630)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    # It is the same for everybody.
    assert "Accept-Language" not in answer.vary
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("query", ["", "?v=", "?v=0123456789ab"])
def test_under_another_address_it_is_asked_for_again(client, event, query):
    answer = client.get(f"/events/{event.slug}/poster.png{query}")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert {"Accept-Language", "Cookie"} <= set(answer.vary)


def test_a_second_look_costs_nothing(app, client, event, monkeypatch):
    url = address(app, event)
    etag = client.get(url).headers["ETag"]
    assert not etag.startswith("W/")
    monkeypatch.setattr("app.catalog.routes.png", lambda _: pytest.fail("drawn again"))
    again = client.get(url, headers={"If-None-Match": etag, "Accept-Encoding": "gzip"})
    assert (again.status_code, again.data) == (304, b"")


def test_it_speaks_the_language_of_the_page(in_march):
    with force_locale("en"):
        english = preview_of(in_march)
    with force_locale("de"):
        german = preview_of(in_march)
    for drawing, words in ((english, ("Friday", "14 Mar")), (german, ("Freitag", "14. März"))):
        for text in (*words, "2031", "20:00"):
            assert f">{text}</text>" in drawing


def test_the_hour_is_not_told_before_it_is_known(db, in_march):
    in_march.time_announced = False
    db.session.commit()
    assert "20:00" not in preview_of(in_march)


def test_an_event_that_changes_has_another_address(app, event):
    before = address(app, event)
    with transaction():
        scheduling.change(event, title="Blur and friends")
    assert address(app, event) != before
    assert address(app, event, "de") != address(app, event)


def test_an_event_that_is_not_there_has_no_picture(app, client):
    assert client.get("/events/nothing/poster.png").status_code == 404
