from sqlalchemy import select

from app.accounts import passwords
from app.accounts.models import User
from tests.accounts.conftest import sign_in
from tests.support.signing_in import sign_in_as

NEW = "seven quiet lanterns"


def run(app, *arguments):
    return app.test_cli_runner().invoke(args=arguments)


def test_an_operator_is_made_by_a_command(app, db):
    done = run(app, "create-admin", "root@example.org", "--password", NEW)
    assert done.exit_code == 0, done.output
    user = db.session.scalars(select(User)).one()
    assert user.is_admin
    assert passwords.fits(user.password_hash, NEW)


def test_a_weak_password_makes_no_operator(app, db):
    done = run(app, "create-admin", "root@example.org", "--password", "password")
    assert done.exit_code == 1
    assert "Many people" in done.output
    assert db.session.scalars(select(User)).all() == []


def test_an_operator_sets_a_forgotten_password(app, new_browser, ada):
    client = sign_in_as(app, ada)
    done = run(app, "set-password", "Ada@example.org", "--password", NEW)
    assert done.exit_code == 0, done.output
    assert client.get("/account").status_code == 303
    assert sign_in(new_browser(), password=NEW).status_code == 303


def test_nobody_gets_a_password_without_an_account(app):
    done = run(app, "set-password", "bob@example.org", "--password", NEW)
    assert done.exit_code == 1
    assert "No account has the address" in done.output
