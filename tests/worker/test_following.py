"""A worker tells those who follow: the stream, and the webhooks of users."""

import json

import pytest

from app.db import transaction
from app.integrations import endpoints
from tests.integrations.receivers import Receiver, hangs
from tests.support.processes import until

pytestmark = pytest.mark.processes

STREAM = "ticketbay:events"


@pytest.fixture
def environ(environ):
    # They look every second, whatever the sweep does.
    return environ | {"WEBHOOKS_TO_THIS_MACHINE": "true", "SWEEP_SECONDS": "60"}


@pytest.fixture
def receiver():
    receivers = []

    def start(answers=204):
        receivers.append(Receiver(answers))
        return receivers[-1]

    yield start
    for each in receivers:
        each.close()


def test_both_hear_of_a_reservation_whoever_else_hangs(
    valkey, worker, reserve, buyer, seller, receiver
):
    mine, hanging = receiver(), receiver(hangs)
    buyer_id, seller_id = buyer.id, seller.id
    with transaction():
        endpoints.register(seller_id, hanging.url, ["order.reserved"])
        endpoints.register(buyer_id, mine.url, ["order.reserved"])
    running = worker()
    reserve()
    assert until(lambda: valkey.client.xlen(STREAM) == 1, seconds=5)
    assert until(lambda: hanging.received and mine.received, seconds=5)
    reserve()
    assert until(lambda: len(mine.received) == 2, seconds=5)
    in_stream = [entry[b"id"].decode() for _, entry in valkey.client.xrange(STREAM)]
    assert [json.loads(body)["id"] for _, body, _ in mine.received] == in_stream
    running.send(15)
    assert running.ends(seconds=20) == 0, "it does not wait for who hangs"
