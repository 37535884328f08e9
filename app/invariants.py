"""What must hold at all times, each as a query that returns no row.

docs/reliability.md lists them by the same numbers. What the schema can hold (checks, foreign
keys, partial unique indexes) the schema holds; foreign keys are asked once more, because a
tool that writes into SQLite may not have switched them on.
"""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import bindparam, text

from app import clock
from app.config import settings
from app.db import UTCDateTime, db
from app.orders.reservation import MOST_UNPAID_ORDERS
from app.orders.transitions import ALLOWED

# Money that counts as gone back: written refunds count, failed ones do not.
_REFUNDED = """
    COALESCE((SELECT SUM(r.amount_cents) FROM refunds r WHERE r.attempt_id = a.id
              AND r.status IN ('due', 'pending', 'succeeded')), 0)
"""

_MOVES = ", ".join(f"'{old}>{new}'" for old, allowed in ALLOWED.items() for new in allowed)

QUERIES: dict[str, str] = {
    "1. a ticket in more than one live or completed order": """
        SELECT ot.ticket_id FROM order_tickets ot JOIN orders o ON o.id = ot.order_id
        WHERE o.status IN ('awaiting_payment', 'closing', 'processing', 'completed')
        GROUP BY ot.ticket_id HAVING COUNT(*) > 1
    """,
    "2. a ticket and its order disagree": """
        SELECT t.id FROM tickets t LEFT JOIN orders o ON o.id = t.order_id
        WHERE (t.status = 'held' AND o.status NOT IN ('awaiting_payment', 'closing', 'processing'))
           OR (t.status = 'sold' AND o.status <> 'completed')
           OR (t.status IN ('held', 'sold') AND NOT EXISTS (
                 SELECT 1 FROM order_tickets ot
                 WHERE ot.order_id = t.order_id AND ot.ticket_id = t.id))
    """,
    "2b. an order without exactly its tickets": """
        SELECT o.public_id FROM orders o
        WHERE (o.status IN ('awaiting_payment', 'closing', 'processing', 'completed')
               AND o.quantity <> (SELECT COUNT(*) FROM tickets t WHERE t.order_id = o.id))
           OR o.quantity <> (SELECT COUNT(*) FROM order_tickets ot WHERE ot.order_id = o.id)
    """,
    "2c. a ticket of a refunded order that is not void": """
        SELECT t.id FROM tickets t JOIN order_tickets ot ON ot.ticket_id = t.id
        JOIN orders o ON o.id = ot.order_id
        WHERE o.status = 'refunded' AND t.status <> 'void'
    """,
    "2d. a completed order without its past sale, or one that is none with it": """
        SELECT o.public_id FROM orders o LEFT JOIN past_sales s ON s.order_id = o.id
        WHERE (o.status = 'completed') <> (s.order_id IS NOT NULL)
           OR s.quantity <> o.quantity OR s.price_cents <> o.unit_price_cents
    """,
    "3. two captured, unrefunded payments for one ticket": f"""
        SELECT ot.ticket_id FROM order_tickets ot
        JOIN checkout_attempts a ON a.order_id = ot.order_id
        WHERE a.status = 'paid' AND a.captured_cents > {_REFUNDED} AND a.dispute IS NULL
        GROUP BY ot.ticket_id HAVING COUNT(*) > 1
    """,
    "4a. awaiting payment long after deadline and grace": """
        SELECT public_id FROM orders WHERE status = 'awaiting_payment' AND expires_at < :overdue
    """,
    "4b. closing for more than ten minutes": """
        SELECT o.public_id FROM orders o WHERE o.status = 'closing' AND o.incident IS NULL
        AND (SELECT MAX(e.at) FROM timeline_entries e WHERE e.order_id = o.id) < :ten_minutes_ago
    """,
    "5. a captured payment without a completed order or a refund": f"""
        SELECT a.id FROM checkout_attempts a JOIN orders o ON o.id = a.order_id
        WHERE a.status = 'paid' AND NOT a.completed_order
        AND (a.dispute IS NULL OR a.dispute <> 'open')
        AND o.incident IS NULL AND a.captured_cents <> {_REFUNDED}
        AND NOT EXISTS (SELECT 1 FROM timeline_entries e WHERE e.order_id = o.id
                        AND e.reason = 'incident_accepted')
    """,
    "5b. a refund due for more than fifteen minutes": """
        SELECT r.id FROM refunds r JOIN checkout_attempts a ON a.id = r.attempt_id
        JOIN orders o ON o.id = a.order_id
        WHERE r.status = 'due' AND r.created_at < :fifteen_minutes_ago
        AND (a.dispute IS NULL OR a.dispute <> 'open') AND o.incident IS NULL
    """,
    "6. completed without a captured payment of the same amount": """
        SELECT o.public_id FROM orders o WHERE o.status IN ('completed', 'refunded')
        AND NOT EXISTS (SELECT 1 FROM checkout_attempts a WHERE a.order_id = o.id
            AND a.completed_order AND a.status = 'paid'
            AND ((a.amount_cents = o.total_cents AND a.currency = o.currency
                  AND a.captured_cents = o.total_cents)
                 OR EXISTS (SELECT 1 FROM timeline_entries e WHERE e.order_id = o.id
                            AND e.reason = 'incident_accepted')))
    """,
    "7. refunds exceed what was paid": f"""
        SELECT a.id FROM checkout_attempts a WHERE a.status = 'paid'
        AND a.captured_cents < {_REFUNDED}
    """,
    "7b. refunded in full, but the order stands": f"""
        SELECT o.public_id FROM orders o JOIN checkout_attempts a ON a.order_id = o.id
        WHERE a.completed_order AND o.status = 'completed' AND a.captured_cents = {_REFUNDED}
    """,
    "7c. refunded, but the payment did not go back": f"""
        SELECT o.public_id FROM orders o JOIN checkout_attempts a ON a.order_id = o.id
        WHERE a.completed_order AND o.status = 'refunded' AND o.incident IS NULL
        AND a.captured_cents > {_REFUNDED}
        AND NOT EXISTS (SELECT 1 FROM timeline_entries e WHERE e.order_id = o.id
                        AND e.reason = 'incident_accepted')
    """,
    "8. an event of Stripe neither done nor tried for ten minutes": """
        SELECT id FROM stripe_events WHERE status = 'received' AND next_try_at < :ten_minutes_ago
    """,
    "9. a message overdue by ten minutes": """
        SELECT id FROM deliveries WHERE status = 'pending' AND next_try_at < :ten_minutes_ago
    """,
    "10a. an order's status is not that of its last timeline entry": """
        SELECT o.public_id FROM orders o WHERE o.status <> COALESCE(
            (SELECT e.to_status FROM timeline_entries e WHERE e.order_id = o.id
             ORDER BY e.id DESC LIMIT 1), 'none')
    """,
    "10b. a move that is not allowed": f"""
        SELECT e.id FROM timeline_entries e WHERE e.from_status IS NOT NULL
        AND e.from_status <> e.to_status
        AND e.from_status || '>' || e.to_status NOT IN ({_MOVES})
    """,
    "10c. a timeline with a gap": """
        SELECT id FROM (
            SELECT e.id, e.from_status, LAG(e.to_status) OVER (
                PARTITION BY e.order_id ORDER BY e.id) AS before
            FROM timeline_entries e) steps
        WHERE COALESCE(from_status, 'none') <> COALESCE(before, 'none')
    """,
    "11. a buyer who is the seller": """
        SELECT o.public_id FROM orders o JOIN listings l ON l.id = o.listing_id
        WHERE l.seller_id = o.buyer_id
    """,
    "11b. a currency that is not this installation's": """
        SELECT id FROM listings WHERE currency <> :currency
    """,
    "14. a buyer above the limit of unpaid orders": f"""
        SELECT buyer_id FROM orders WHERE status IN ('awaiting_payment', 'closing', 'processing')
        GROUP BY buyer_id HAVING COUNT(*) > {MOST_UNPAID_ORDERS}
    """,
}


def queries() -> dict[str, str]:
    """Each invariant with the SQL that finds what breaks it."""
    return QUERIES | dict(_orphans())


def broken() -> dict[str, list[str]]:
    """The invariants that do not hold, each with the ids of its rows (at most a hundred)."""
    now = clock.now()
    grace = settings().payment_grace_seconds
    moments = {
        "overdue": now - timedelta(seconds=60 + grace),
        "ten_minutes_ago": now - timedelta(minutes=10),
        "fifteen_minutes_ago": now - timedelta(minutes=15),
    }
    found = {}
    for invariant, query in queries().items():
        wanted = {name: value for name, value in moments.items() if f":{name}" in query}
        statement = text(query)
        if wanted:
            statement = statement.bindparams(
                *(bindparam(name, value, UTCDateTime) for name, value in wanted.items())
            )
        parameters = {"currency": settings().currency} if ":currency" in query else {}
        rows = db.session.execute(statement, parameters).fetchmany(100)
        if rows:
            found[invariant] = [str(row[0]) for row in rows]
    db.session.rollback()
    return found


def _orphans() -> Iterator[tuple[str, str]]:
    for table in db.metadata.sorted_tables:
        id, *_ = table.primary_key
        for key in table.foreign_keys:
            column, parent = key.parent.name, key.column.table.name
            yield (
                f"12. {table.name} without their {parent} ({column})",
                f"""
                SELECT c.{id.name} FROM {table.name} c
                LEFT JOIN {parent} p ON p.{key.column.name} = c.{column}
                WHERE c.{column} IS NOT NULL AND p.{key.column.name} IS NULL
                """,
            )
