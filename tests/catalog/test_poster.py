"""The poster is a picture that may be kept."""


def test_the_poster_is_an_svg_that_may_be_kept_for_good(app, event):
    answer = app.test_client().get(f"/events/{event.slug}/poster.svg")
    assert answer.status_code == 200
    assert answer.mimetype == "image/svg+xml"
    assert answer.text.startswith("<svg")
    assert "immutable" in answer.headers["Cache-Control"]


def test_an_event_that_is_not_there_has_no_poster(app, db):
    client = app.test_client()
    assert client.get("/events/nothing/poster.svg").status_code == 404
    assert client.get("/events/%00/poster.svg").status_code == 404
