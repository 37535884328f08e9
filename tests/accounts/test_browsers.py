"""The account page: where one is signed in, and how to end it."""

from datetime import timedelta

import pytest
from sqlalchemy import event, select, update

from app.accounts import browsers, sessions
from app.accounts.models import UserSession
from app.db import transaction
from tests.accounts.conftest import sign_in

pytestmark = pytest.mark.thorough

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 "
    "(KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)


@pytest.fixture
def signs_in(new_browser):
    def with_browser(user_agent):
        client = new_browser()
        client.environ_base["HTTP_USER_AGENT"] = user_agent
        assert sign_in(client).status_code == 303
        return client

    return with_browser


@pytest.fixture
def hashes(db, ada):
    """The names of Ada's open sessions, the oldest first."""

    def read():
        db.session.rollback()
        mine = select(UserSession.token_hash).where(UserSession.user_id == ada.id)
        return db.session.scalars(mine.order_by(UserSession.created_at)).all()

    return read


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (FIREFOX, "Firefox, Linux"),
        (PHONE, "Safari, iPhone"),
        (CHROME, "Chrome, Windows"),
        (f"{CHROME} Edg/140.0.0.0", "Edge, Windows"),
        (f"{CHROME} OPR/120.0.0.0", "Opera, Windows"),
        (PHONE.replace("Version/18.5", "CriOS/140.0"), "Chrome, iPhone"),
        (FIREFOX.replace("X11; Linux x86_64", "Android 15; Mobile"), "Firefox, Android"),
        (CHROME.replace("Windows NT 10.0; Win64; x64", "X11; CrOS x86_64"), "Chrome, ChromeOS"),
        (PHONE.replace("(iPhone; CPU iPhone OS 18_5 like", "(Macintosh; Intel"), "Safari, macOS"),
        ("curl/8.5.0", None),
        ("", None),
    ],
)
def test_a_browser_is_called_what_people_call_it(user_agent, name):
    assert browsers.name_of(user_agent) == name


def test_the_account_shows_each_browser_and_which_is_this_one(signs_in, ada):
    here = signs_in(FIREFOX)
    signs_in(PHONE)
    page = here.get("/account").text
    assert "<strong>Firefox, Linux</strong><br><small>This browser, since" in page
    assert "<strong>Safari, iPhone</strong><br><small>Since" in page
    assert page.count("This browser") == 1
    assert page.count("/end") == 2  # the phone, and all others


def test_an_unknown_browser_is_shown_too(signs_in, ada):
    assert "Unknown browser" in signs_in("curl/8.5.0").get("/account").text


def test_one_browser_is_signed_out(signs_in, hashes, ada):
    here, phone = signs_in(FIREFOX), signs_in(PHONE)
    answer = here.post(f"/account/sessions/{hashes()[1]}/end")
    assert (answer.status_code, answer.location) == (303, "/account")
    assert phone.get("/account").status_code == 303
    page = here.get("/account").text
    assert "That browser is signed out." in page
    assert "Safari" not in page


def test_a_second_click_on_it_is_no_error(signs_in, hashes, ada):
    here, _phone = signs_in(FIREFOX), signs_in(PHONE)
    address = f"/account/sessions/{hashes()[1]}/end"
    assert [here.post(address).status_code for _ in range(2)] == [303, 303]
    assert len(hashes()) == 1


def test_all_other_browsers_are_signed_out(signs_in, hashes, ada):
    here, phone, office = (signs_in(each) for each in (FIREFOX, PHONE, CHROME))
    assert here.post("/account/sessions/end-others").status_code == 303
    assert here.get("/account").status_code == 200
    assert [phone.get("/account").status_code, office.get("/account").status_code] == [303, 303]
    assert len(hashes()) == 1
    assert "Sign out all other browsers" not in here.get("/account").text


def test_nobody_ends_the_sessions_of_somebody_else(as_user, stranger, signs_in, hashes, ada):
    signs_in(FIREFOX)
    intruder = as_user(stranger)
    intruder.post(f"/account/sessions/{hashes()[0]}/end")
    intruder.post("/account/sessions/end-others")
    assert len(hashes()) == 1
    assert intruder.get("/account").status_code == 200


@pytest.mark.parametrize(
    "address", ["/account/sessions/{hash}/end", "/account/sessions/end-others"]
)
def test_the_signed_out_and_other_sites_end_nothing(
    app, new_browser, signs_in, hashes, ada, address
):
    here = signs_in(FIREFOX)
    signs_in(PHONE)
    address = address.format(hash=hashes()[1])
    assert new_browser().post(address).location == "/signin?next=/account"
    app.config["WTF_CSRF_ENABLED"] = True
    assert here.post(address).status_code == 400
    assert len(hashes()) == 2


@pytest.mark.parametrize("nonsense", ["a%00b", "%C3%A4", "x" * 65, "a/b"])
def test_what_names_no_session_is_not_found(signs_in, hashes, ada, nonsense):
    here = signs_in(FIREFOX)
    assert here.post(f"/account/sessions/{nonsense}/end").status_code == 404
    assert len(hashes()) == 1


def test_a_session_that_is_over_is_not_shown(signs_in, ada, later):
    signs_in(PHONE)
    later(days=20)
    here = signs_in(FIREFOX)
    later(days=31)
    assert "Safari" not in here.get("/account").text


# When it was last seen


@pytest.fixture
def last_seen(db):
    def read():
        db.session.rollback()
        return db.session.scalars(select(UserSession.last_seen_at)).one()

    return read


@pytest.fixture
def writes(db):
    """The statements that changed something since."""
    run = []

    def note(_connection, _cursor, statement, *_rest):
        if statement.split()[0] in ("UPDATE", "INSERT", "DELETE"):
            run.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield run
    event.remove(db.engine, "before_cursor_execute", note)


def test_looking_around_for_an_hour_writes_nothing(signs_in, ada, later, writes):
    here = signs_in(FIREFOX)
    later(minutes=59)
    writes.clear()
    for path in ("/", "/account", "/orders"):
        assert here.get(path).status_code == 200
    assert writes == []


def test_after_an_hour_it_is_noted_once(signs_in, ada, later, writes, last_seen):
    here = signs_in(FIREFOX)
    signed_in_at = last_seen()
    later(minutes=61)
    writes.clear()
    for path in ("/", "/account", "/orders"):
        assert here.get(path).status_code == 200
    assert len(writes) == 1
    assert timedelta(minutes=60) < last_seen() - signed_in_at < timedelta(minutes=62)


def test_of_two_requests_at_once_one_notes_it(app, ada, later, last_seen, db):
    with transaction():
        token = sessions.open_for(ada)
    later(minutes=61)
    with app.test_request_context("/"):
        assert sessions.holder(token)
        with transaction():
            seen_by_the_other = last_seen() + timedelta(hours=2)
            db.session.execute(update(UserSession).values(last_seen_at=seen_by_the_other))
        app.process_response(app.response_class())
    assert last_seen() == seen_by_the_other


def test_a_page_comes_also_when_it_cannot_be_noted(signs_in, ada, later, db, monkeypatch):
    here = signs_in(FIREFOX)
    later(minutes=61)

    def refuse(*_args):
        if _args[2].startswith("UPDATE user_sessions"):
            raise sessions.SQLAlchemyError("no")

    event.listen(db.engine, "before_cursor_execute", refuse)
    try:
        assert here.get("/orders").status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", refuse)


def test_when_another_browser_was_seen_is_told_roughly(signs_in, ada, later):
    signs_in(PHONE)
    later(minutes=30)
    here = signs_in(FIREFOX)
    assert "seen within the hour" in here.get("/account").text
    later(hours=5)
    assert "seen 5 hours ago" in here.get("/account").text
    german = here.get("/account?lang=de").text
    assert "zuletzt benutzt vor 5 Stunden" in german


def test_the_account_offers_each_language(signs_in, ada):
    here = signs_in(FIREFOX)
    page = here.get("/account").text
    assert 'name="language" value="de"' in page.partition("</main>")[0]
    assert (
        here.post("/language", data={"language": "de", "next": "/account"}).location == "/account"
    )
    assert "Angezeigter Name" in here.get("/account").text
