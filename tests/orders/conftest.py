"""Orders in the states that tests begin with."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from sqlalchemy import event as sqlalchemy_event

from app import clock
from app.accounts.models import User
from app.db import lock, transaction
from app.listings.models import Listing, Ticket, TicketStatus
from app.orders import fulfilment, reservation
from app.orders.models import Order
from app.outbox.models import Message


@pytest.fixture
def reserve(listing, buyer) -> Callable[..., Order]:
    """Makes an unpaid order: `reserve(quantity=2, by=rival, of=another_listing)`."""

    def make(quantity: int = 1, *, by: User = buyer, of: Listing = listing) -> Order:
        with transaction():
            return reservation.reserve(of.id, by.id, quantity, of.version)

    return make


@pytest.fixture
def begin_checkout(db) -> Callable[[Order], Order]:
    """From now on somebody may be paying the order."""

    def begin(order: Order) -> Order:
        with transaction():
            lock(Order, order.id).checkout_started_at = clock.now()
        return order

    return begin


@pytest.fixture
def pay(db) -> Callable[[Order], Order]:
    """Stripe says paid."""

    def complete(order: Order) -> Order:
        with transaction():
            assert fulfilment.complete(lock(Order, order.id))
        return order

    return complete


@pytest.fixture
def statuses(db) -> Callable[[Listing], list[str]]:
    """The status of each ticket of a listing."""

    def read(listing: Listing) -> list[str]:
        db.session.rollback()
        query = db.select(Ticket.status).filter_by(listing_id=listing.id).order_by(Ticket.id)
        return list(db.session.scalars(query))

    return read


@pytest.fixture
def available(statuses) -> Callable[[Listing], int]:
    """How many tickets of a listing anybody may reserve."""
    return lambda listing: statuses(listing).count(TicketStatus.AVAILABLE)


@pytest.fixture
def told(db) -> Callable[[], list[str]]:
    """The types of all domain events recorded so far, in order."""

    def read() -> list[str]:
        db.session.rollback()
        return list(db.session.scalars(db.select(Message.type).order_by(Message.position)))

    return read


@pytest.fixture
def statements(db) -> Callable[..., AbstractContextManager[list[str]]]:
    """Records the SQL that runs meanwhile: `with statements() as run:`."""

    @contextmanager
    def recording() -> Iterator[list[str]]:
        run: list[str] = []

        def note(_connection, _cursor, statement, *_rest) -> None:
            if not statement.startswith("BEGIN"):
                run.append(statement)

        sqlalchemy_event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield run
        finally:
            sqlalchemy_event.remove(db.engine, "before_cursor_execute", note)

    return recording
