"""One set of migrations makes the tables the models describe, on both databases."""

from datetime import UTC, date, datetime

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade

from app import clock
from app.accounts import sessions
from app.accounts.models import UserSession
from app.catalog.search_index import is_described_by_models
from app.db import lock, transaction
from app.listings.models import PastSale
from app.orders import fulfilment, reservation
from app.orders.models import Actor, Order
from tests.support.databases import MIGRATIONS

OPTIONS = {"compare_type": True, "include_object": is_described_by_models}


def test_the_migrations_make_what_the_models_describe(app, db):
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=OPTIONS)
        assert compare_metadata(context, db.metadata) == []


def test_every_migration_goes_down_and_up_again_with_data_in_it(app, db, listing):
    db.session.remove()
    downgrade(directory=MIGRATIONS, revision="base")
    upgrade(directory=MIGRATIONS)
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=OPTIONS)
        assert compare_metadata(context, db.metadata) == []


def test_sales_from_before_are_remembered_by_their_day_at_the_venue(
    app, db, offer, buyer, monkeypatch
):
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 30, 23, 30, tzinfo=UTC))
    for is_refunded in (False, True):
        with transaction():
            order = reservation.reserve(offer(price_cents=1234).id, buyer.id, 2, 1)
        with transaction():
            fulfilment.complete(lock(Order, order.id))
            if is_refunded:
                fulfilment.refund(order, actor=Actor.OPERATOR, reason="operator")
    db.session.remove()
    downgrade(directory=MIGRATIONS, revision="0005")
    upgrade(directory=MIGRATIONS)
    [sale] = db.session.scalars(db.select(PastSale))
    assert (sale.sold_on, sale.price_cents, sale.quantity) == (date(2026, 12, 1), 1234, 2)


def test_browsers_from_before_were_last_seen_when_they_signed_in(app, db, seller, buyer, later):
    for user in (seller, buyer):
        with transaction():
            sessions.open_for(user)
        later(hours=1)
    began = {one.token_hash: one.created_at for one in db.session.scalars(db.select(UserSession))}
    db.session.remove()
    downgrade(directory=MIGRATIONS, revision="0004")
    upgrade(directory=MIGRATIONS)
    found = db.session.scalars(db.select(UserSession)).all()
    assert {one.token_hash: one.last_seen_at for one in found} == began
    assert len(set(began.values())) == 2
    assert all(one.browser is None for one in found)
