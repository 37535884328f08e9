"""Each invariant is noticed when it is broken by hand, and none is when all is well."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import text

from app import clock, invariants
from app.config import ROOT
from app.db import lock, transaction
from app.listings.models import Listing
from app.orders import cancellation
from app.orders.models import Actor, Order
from app.payments import refunds
from app.payments.models import RefundReason
from app.payments.settlement import settle

# The invariant's number -> what somebody did to the database of `world`, below.
BREAKS = {
    "1": "INSERT INTO order_tickets (order_id, ticket_id) "
    "SELECT (SELECT id FROM orders WHERE status = 'completed'), ticket_id FROM order_tickets "
    "JOIN orders ON orders.id = order_id WHERE status = 'awaiting_payment'",
    "2": "UPDATE tickets SET status = 'sold', held_until = NULL WHERE status = 'held'",
    "2b": "UPDATE tickets SET status = 'available', order_id = NULL WHERE status = 'sold'",
    "2c": "UPDATE tickets SET status = 'available' WHERE status = 'void'",
    "2d": "DELETE FROM past_sales",
    "3": "INSERT INTO checkout_attempts (order_id, key, parameters, amount_cents, currency, status,"
    " session_expires_at, completed_order, created_at, captured_cents, tries, next_try_at) "
    "SELECT order_id, 'k', '{}', amount_cents, currency, status, session_expires_at, false,"
    " created_at, captured_cents, tries, next_try_at FROM checkout_attempts "
    "WHERE order_id = (SELECT id FROM orders WHERE status = 'completed')",
    "4a": "UPDATE orders SET expires_at = :long_ago WHERE status = 'awaiting_payment'",
    "4b": "UPDATE timeline_entries SET at = :long_ago",
    "5": "UPDATE refunds SET status = 'failed' WHERE reason = 'late_payment'",
    "5b": "UPDATE refunds SET status = 'due', created_at = :long_ago",
    "6": "UPDATE checkout_attempts SET captured_cents = captured_cents - 1 WHERE completed_order",
    "7": "UPDATE refunds SET amount_cents = amount_cents + 1",
    "7b": "UPDATE orders SET status = 'completed' WHERE status = 'refunded'",
    "7c": "DELETE FROM refunds WHERE reason = 'requested'",
    "8": "INSERT INTO stripe_events (id, type, object_id, status, received_at, tries, next_try_at)"
    " VALUES ('evt_1', 'charge.refunded', 'ch_1', 'received', :long_ago, 1, :long_ago)",
    "9": "UPDATE deliveries SET status = 'pending', next_try_at = :long_ago",
    "10a": "DELETE FROM timeline_entries WHERE to_status = 'completed'",
    "10b": "UPDATE timeline_entries SET from_status = 'refunded' WHERE to_status = 'completed'",
    "10c": "DELETE FROM timeline_entries WHERE from_status IS NULL",
    "11": "UPDATE listings SET seller_id = (SELECT MIN(buyer_id) FROM orders)",
    "11b": "UPDATE listings SET currency = 'USD'",
    "12": "DELETE FROM users WHERE id = (SELECT MIN(seller_id) FROM listings)",
    "14": "UPDATE orders SET status = 'closing'",
}


@pytest.fixture
def world(stripe, begun, reserved, offer):
    """One order in every state, all of one buyer, and a payment that came too late."""
    _, session_id = begun(listing=offer())
    stripe.pay(session_id)
    settle(session_id)
    refunded, session_id = begun(listing=offer())
    stripe.pay(session_id)
    settle(session_id)
    with transaction():
        refunds.request(lock(Order, refunded), None, reason=RefundReason.REQUESTED)

    changed = offer()
    late, session_id = begun(listing=changed)
    stripe.pay(session_id)
    with transaction():
        order = lock(Order, late)
        lock(Listing, changed.id).version += 1
        cancellation.cancel(order.id, actor=Actor.BUYER, reason="buyer")
        cancellation.finish(order)
    settle(session_id)
    refunds.issue_due()

    reserved(listing=offer())
    closing, _ = begun(listing=offer())
    with transaction():
        cancellation.cancel(closing, actor=Actor.BUYER, reason="buyer")
    assert invariants.broken() == {}


def test_what_is_broken_is_noticed(world, db, database):
    breaks = dict(BREAKS)
    if database == "postgresql":
        del breaks["12"]  # cannot be done there
    else:
        db.session.rollback()
        connection = db.engine.raw_connection()  # outside of a transaction, where it counts
        connection.cursor().execute("PRAGMA foreign_keys = OFF")
        connection.close()
    long_ago = {"long_ago": clock.now() - timedelta(days=1)}
    for number, statement in breaks.items():
        db.session.execute(text(statement), long_ago if ":long_ago" in statement else {})
        noticed = invariants.broken()  # and rolls back
        assert any(name.startswith(f"{number}. ") for name in noticed), (number, noticed)
    assert invariants.broken() == {}


def test_every_invariant_is_broken_once_and_described():
    numbers = {name.split(". ")[0] for name in invariants.queries()}
    assert numbers == set(BREAKS)
    described = re.findall(r"^\| (\d+[a-d]?) \|", (ROOT / "docs/reliability.md").read_text(), re.M)
    assert set(described) == numbers
