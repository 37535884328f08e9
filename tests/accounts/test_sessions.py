from sqlalchemy import event, func, select

from app.accounts.models import User, UserSession
from app.accounts.sessions import holder, open_for
from app.db import transaction
from tests.accounts.conftest import PASSWORD, sign_in, token_of
from tests.support.signing_in import sign_in_as

NEW = "seven quiet lanterns"


def change(client, current=PASSWORD, new=NEW, **more):
    data = {"current_password": current, "new_password": new, **more}
    return client.post("/account/password", data=data)


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(new_browser, ada):
    cookie = sign_in(new_browser()).headers["Set-Cookie"]
    assert cookie.startswith("session_8000=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Domain" not in cookie


def test_the_database_alone_lets_nobody_in(db, new_browser, ada):
    client = new_browser()
    sign_in(client)
    row = db.session.scalars(select(UserSession)).one()
    with client.session_transaction() as session:
        assert session["_user_id"] != row.token_hash
        session["_user_id"] = row.token_hash
    assert client.get("/account").status_code == 303


def test_signing_in_changes_the_csrf_token_and_the_session(new_browser, ada, app):
    app.config["WTF_CSRF_ENABLED"] = True
    client = new_browser()
    before = token_of(client)
    assert sign_in(client, csrf_token=before).status_code == 303
    assert client.post("/signout", data={"csrf_token": before}).status_code == 400
    assert client.get("/account").status_code == 200


def test_signing_out_ends_the_session_on_the_server(db, new_browser, ada):
    client, thief = new_browser(), new_browser()
    sign_in(client)
    with client.session_transaction() as mine, thief.session_transaction() as stolen:
        stolen.update(mine)
    assert thief.get("/account").status_code == 200
    assert client.post("/signout").status_code == 303
    assert thief.get("/account").status_code == 303
    assert db.session.scalar(select(func.count()).select_from(UserSession)) == 0


def test_signing_out_twice_is_no_error(app, ada):
    client = sign_in_as(app, ada)
    assert [client.post("/signout").status_code for _ in range(2)] == [303, 303]


def test_a_new_password_signs_out_all_other_browsers(new_browser, ada):
    here, there = new_browser(), new_browser()
    sign_in(here)
    sign_in(there)
    assert change(here).status_code == 303
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 303
    assert sign_in(there).status_code == 422
    assert sign_in(there, password=NEW).status_code == 303


def test_a_new_password_needs_the_current_one(db, app, ada):
    answer = change(sign_in_as(app, ada), current="not this one")
    assert answer.status_code == 422
    assert "not your current password" in answer.text


def test_a_bad_new_password_changes_nothing(new_browser, app, ada):
    answer = change(sign_in_as(app, ada), new="password1")
    assert answer.status_code == 422
    assert "Many people use this password" in answer.text
    assert sign_in(new_browser()).status_code == 303


def test_nobody_changes_a_password_signed_out(new_browser, ada):
    answer = change(new_browser())
    assert (answer.status_code, answer.location) == (303, "/signin?next=/account")


def test_changing_the_password_gives_no_rights(db, app, ada):
    change(sign_in_as(app, ada), is_admin="1", user_id="1", email="other@example.org")
    user = db.session.scalars(select(User)).one()
    assert (user.is_admin, user.email) == (False, "ada@example.org")


def test_a_session_ends_after_thirty_days(app, ada, later):
    client = sign_in_as(app, ada)
    later(days=29)
    assert client.get("/account").status_code == 200
    later(days=30, minutes=1)
    assert client.get("/account").status_code == 303


def test_who_is_signed_in_is_one_query(db, ada):
    with transaction():
        token = open_for(ada)
    db.session.rollback()
    asked = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    assert holder(token).email == "ada@example.org"
    assert len([sql for sql in asked if sql.startswith("SELECT")]) == 1
