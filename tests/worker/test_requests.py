"""A broker that hangs costs the first request a second, and the others nothing."""

import statistics
import time

import pytest

pytestmark = pytest.mark.processes


def test_reserving_goes_on_while_the_broker_hangs(db, valkey, offer, person, reserve):
    listing = offer(tickets=8)
    buyers = [person(f"buyer-{number}") for number in range(8)]
    reserve(by=buyers[0], of=listing)
    valkey.hang()
    took = []
    for buyer in buyers[1:]:
        began = time.monotonic()
        reserve(by=buyer, of=listing)
        took.append(time.monotonic() - began)
    assert statistics.median(took) < 1, "one waits for the broker, not each"
