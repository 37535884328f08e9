"""What wins the races, to be switched off, and what makes sure that they are run.

Each function takes `patch`, which is a monkeypatch's `setattr` in a test, and plain
`setattr` in a process that a test starts.
"""

import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import update

from app.api import idempotency
from app.db import changed, db
from app.listings import editing, inventory, offering
from app.listings.models import Ticket, TicketStatus
from app.orders import expiry, fulfilment, reservation, transitions
from app.payments import checkout, closing, gateway
from app.payments.models import new_key

Patch = Callable[[Any, str, Any], object]


def linger(patch: Patch, seconds: float) -> None:
    """Everybody takes a moment after they looked and before they take, so they meet every time."""

    def lingering_after(look: Callable[..., Any]) -> Callable[..., Any]:
        def look_and_linger(*args: Any) -> Any:
            seen = look(*args)
            time.sleep(seconds)
            return seen

        return look_and_linger

    take = inventory.take

    def linger_and_take(*args: Any) -> bool:
        time.sleep(seconds)
        return take(*args)

    looks = (
        (reservation, "_check_quantity"),
        (offering, "refuse_while_held"),
        (editing, "refuse_while_held"),
    )
    for module, name in looks:
        patch(module, name, lingering_after(getattr(module, name)))
    patch(inventory, "take", linger_and_take)


def locks_off(patch: Patch) -> None:
    """Rows are read without a lock. On SQLite `begin_off` belongs to it."""

    def read(model: Any, id: object) -> Any:
        return db.session.get_one(model, id, populate_existing=True)

    for module in (reservation, fulfilment, offering, expiry):
        patch(module, "lock", read)


def begin_off(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> Any:
    """Listens before the cursor executes: without BEGIN every statement commits itself."""
    return ("SELECT 1" if statement.startswith("BEGIN") else statement), parameters


def conditions_off(patch: Patch) -> None:
    """Tickets are taken and orders moved without asking once more whether they still are free."""

    def take(ticket_ids: Any, order_id: int, until: Any) -> bool:
        time.sleep(0.02)
        changed(
            update(Ticket)
            .where(Ticket.id.in_(ticket_ids))
            .values(status=TicketStatus.HELD, order_id=order_id, held_until=until)
        )
        return True

    def transition(order: Any, to_status: str, *, actor: Any, reason: str | None = None) -> bool:
        changed(
            update(type(order))
            .where(type(order).id == order.id)
            .values(status=to_status)
            .execution_options(synchronize_session=False)
        )
        return True

    patch(inventory, "take", take)
    patch(transitions, "transition", transition)
    patch(fulfilment, "transition", transition)


def stripes_word_off(patch: Patch) -> None:
    """An overdue order ends without asking Stripe to shut its page first."""

    def believe(attempt_id: int, order_id: int, _session_id: str) -> bool:
        closing.close_attempt(attempt_id, order_id, reason="expired")
        return True

    patch(closing, "_shut", believe)


def one_page_off(patch: Patch) -> None:
    """Every click on pay makes a page under a key of its own, and leads there."""

    def open_page(attempt: Any) -> str | None:
        return gateway.create_session(attempt.parameters, new_key()).url

    patch(checkout, "_open_page", open_page)


def keys_off(patch: Patch) -> None:
    """Every request is answered anew, whatever its Idempotency-Key."""
    patch(idempotency, "once", lambda answer: answer())
