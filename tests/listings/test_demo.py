import pytest
from sqlalchemy import func, select

from app import clock, create_app
from app.accounts.models import User
from app.accounts.sign_in import authenticate
from app.catalog.models import Event
from app.listings import demo
from app.listings.models import Listing
from tests.support.settings import settings_for


@pytest.fixture
def seed(app, db):
    runner = app.test_cli_runner()

    def run():
        answer = runner.invoke(args=["seed-demo"])
        db.session.rollback()
        return answer

    return run


def count(db, model):
    return db.session.scalar(select(func.count()).select_from(model))


def test_the_demo_is_there_once_however_often_it_is_seeded(app, db, seed):
    for _ in range(2):
        answer = seed()
        assert answer.exit_code == 0
        assert answer.output.count(demo.PASSWORD) == 3
    assert [count(db, model) for model in (Event, Listing, User)] == [40, 600, 3]
    assert db.session.scalar(select(func.min(Event.starts_at))) > clock.now()


def test_the_people_of_the_demo_can_sign_in(app, seed):
    seed()
    for email in demo.PEOPLE:
        assert authenticate(email, demo.PASSWORD)


def test_who_merely_signed_up_is_not_the_demo(person, seed, db):
    person("buyer")
    answer = seed()
    assert answer.exit_code == 1
    assert "Somebody has signed up as buyer@example.org" in answer.output
    assert demo.PASSWORD not in answer.output
    assert count(db, Event) == 0


def test_production_has_no_demo(database_url):
    app = create_app(
        settings_for(
            database_url,
            ENVIRONMENT="production",
            SECRET_KEY="x" * 32,
            PUBLIC_URL="https://tickets.example.org",
            STRIPE_SECRET_KEY="sk_test_of_ours",
            STRIPE_WEBHOOK_SECRET="whsec_of_ours",
            WEB_CONCURRENCY="1",
        )
    )
    answer = app.test_cli_runner().invoke(args=["seed-demo"])
    assert answer.exit_code == 1
    assert "not for production" in answer.output
