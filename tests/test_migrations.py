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
from app.outbox.models import Delivery, Message
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


def test_events_from_before_keep_their_order_and_get_into_the_stream(app, db, offer, buyer):
    for _ in range(3):
        with transaction():
            reservation.reserve(offer().id, buyer.id, 1, 1)
    before = db.session.execute(db.select(Message.id, Message.subject).order_by(Message.id)).all()
    with transaction():
        db.session.execute(db.update(Message).values(stream_batch=1))
        db.session.add(Delivery(message_id=before[0].id, reaction="x", subject="y"))
    db.session.remove()
    downgrade(directory=MIGRATIONS, revision="0007")
    upgrade(directory=MIGRATIONS)
    messages = db.session.scalars(db.select(Message).order_by(Message.position)).all()
    assert [(each.id, each.subject) for each in messages] == [tuple(each) for each in before]
    assert {each.stream_batch for each in messages} == {None}
    assert db.session.scalars(db.select(Delivery)).one().message.id == before[0].id
    db.session.add(Message(type="x", version=1, subject="y", data={}, happened_at=clock.now()))
    db.session.commit()
    newest = db.session.scalars(db.select(Message.position).where(Message.type == "x")).one()
    assert newest > messages[-1].position


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
