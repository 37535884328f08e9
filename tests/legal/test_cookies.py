"""No banner asks, because nothing needs consent."""

import html
import re
from http.cookies import SimpleCookie

import pytest

from app.web.headers import SIGNED_IN_KEY

SESSION = "session_8000"
LINK = re.compile(r'<a [^>]*href="(/[^"#]*)')


@pytest.fixture
def visitor(app):
    return app.test_client()


def test_who_looks_around_gets_no_cookie_but_what_protects_the_forms(app, visitor, listing):
    """Everything that links lead to from the home page."""
    app.config["WTF_CSRF_ENABLED"] = True
    given, seen, ahead = set(), set(), {"/"}
    while ahead:
        path = ahead.pop()
        seen.add(path)
        answer = visitor.get(path)
        given |= names_of(answer)
        if answer.mimetype == "text/html":
            ahead |= {html.unescape(link) for link in LINK.findall(answer.text)} - seen
    listed = f"/listings/{listing.id}"
    assert {"/", f"/events/{listing.event.slug}", listed, "/signup", "/privacy"} <= seen
    assert given == {SESSION}
    with visitor.session_transaction() as session:
        assert set(session) == {"csrf_token"}


def test_a_language_is_kept_when_it_was_chosen(visitor):
    assert "language" not in names_of(visitor.get("/", headers={"Accept-Language": "de"}))
    assert names_of(visitor.get("/?lang=de")) - {SESSION} == {"language"}
    assert names_of(visitor.post("/language", data={"language": "en"})) - {SESSION} == {"language"}


def test_the_pages_about_privacy_name_these_cookies(visitor):
    page = visitor.get("/privacy").text
    assert f"<code>{SESSION}</code>" in page
    assert "<code>language</code>" in page


def test_who_signs_in_has_a_session_and_no_more(as_user, buyer):
    client = as_user(buyer)
    assert names_of(client.get("/account")) <= {SESSION}
    with client.session_transaction() as session:
        assert set(session) <= {SIGNED_IN_KEY, "csrf_token", "_permanent"}


def names_of(answer) -> set[str]:
    return {name for line in answer.headers.getlist("Set-Cookie") for name in SimpleCookie(line)}
