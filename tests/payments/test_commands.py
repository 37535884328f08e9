"""What an operator types."""

import pytest

from app.db import transaction
from app.listings.models import Ticket
from app.orders.models import OrderStatus
from app.payments.settlement import settle


@pytest.fixture
def flask(app):
    """Runs a command. Its output, and whether it went well."""
    runner = app.test_cli_runner()

    def run(*words):
        result = runner.invoke(args=words)
        return result.output, result.exit_code

    return run


def test_an_operator_refunds_a_part_and_then_the_rest(flask, stripe, begun, order_of):
    order_id, session_id = begun()
    stripe.pay(session_id)
    settle(session_id)
    public_id = order_of(order_id).public_id
    assert flask("refund-order", public_id, "--amount", "4.50") == (
        "€4.50 go back. The order is completed.\n",
        0,
    )
    assert flask("refund-order", public_id) == ("€90.00 go back. The order is refunded.\n", 0)
    output, code = flask("refund-order", public_id)
    assert code == 1
    assert "left" in output


@pytest.mark.parametrize("words", [("refund-order", "nobody"), ("incidents", "accept", "nobody")])
def test_an_unknown_order_is_said_so(flask, stripe, words):
    output, code = flask(*words)
    assert code == 1
    assert "nobody" in output


def test_cancelling_an_event_ends_its_orders_at_the_next_sweep(
    flask, stripe, begun, order_of, event
):
    order_id, _ = begun()
    assert flask("cancel-event", event.slug)[1] == 0
    for _ in range(3):
        assert flask("sweep")[1] == 0
    assert order_of(order_id).status == OrderStatus.CANCELLED
    assert flask("check-invariants")[1] == 0


def test_a_broken_invariant_is_named(flask, stripe, begun, order_of, db):
    order_id, _ = begun()
    with transaction():
        db.session.execute(
            Ticket.__table__.update().values(status="available", order_id=None, held_until=None)
        )
    output, code = flask("check-invariants")
    assert code == 1
    assert order_of(order_id).public_id in output


def test_incidents_are_listed_and_decided(flask, paid_another_amount, order_of):
    order_id = paid_another_amount(100)
    public_id = order_of(order_id).public_id
    assert public_id in flask("incidents", "list")[0]
    assert flask("incidents", "refund", public_id)[1] == 0
    assert flask("incidents", "list") == ("No open incident.\n", 0)
