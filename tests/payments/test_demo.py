import pytest
from sqlalchemy import func, select

from app import clock, create_app, invariants
from app.accounts.models import User
from app.accounts.sign_in import authenticate
from app.catalog.models import Event
from app.listings import demo, past_sales
from app.listings.models import Listing
from app.orders.sold_by_week import sold_by_week
from app.payments.demo_sales import SALES
from tests.support.settings import settings_for

pytestmark = pytest.mark.thorough


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
    assert [count(db, model) for model in (Event, Listing, User)] == [40, 600 + SALES, 8]
    assert db.session.scalar(select(func.min(Event.starts_at))) > clock.now()


def test_nothing_in_the_demo_contradicts_itself(seed):
    seed()
    assert invariants.broken() == {}


def test_the_demo_has_a_history_of_prices_and_sales(db, seed):
    seed()
    events = db.session.scalars(select(Event.id).order_by(Event.id)).all()
    lines = past_sales.price_lines(events)
    assert len(lines) >= 15
    assert len(lines[events[0]]) >= 20
    assert events[-1] not in lines
    selma = db.session.scalars(select(User).filter_by(email="seller@example.org")).one()
    assert sum(week.tickets > 0 for week in sold_by_week(selma.id).weeks) >= 8


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
