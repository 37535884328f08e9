"""What happens when a program sends the same request many times at once, with a key and without."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from app.accounts import tokens
from app.db import transaction
from app.orders.models import Order
from tests.races.over_http.conftest import all_at_once

pytestmark = pytest.mark.processes

TIMES = 50


@pytest.fixture
def token_of(app):
    """The access token of a program of this user."""

    def sign_in(user):
        user_id = user.id
        with transaction():
            return tokens.open_for(user_id).access

    return sign_in


def reserves(site, token, listing_id, key="one and the same"):
    """A program reserves one ticket, on a connection of its own."""
    with requests.Session() as http:
        http.trust_env = False
        return http.post(
            f"{site}/api/v1/orders",
            json={"listing_id": listing_id, "quantity": 1},
            headers={"Authorization": f"Bearer {token}", "Idempotency-Key": key},
            timeout=30,
        )


def orders_of(db, listing_id):
    db.session.rollback()
    number = db.session.query(Order).filter_by(listing_id=listing_id).count()
    db.session.rollback()
    return number


def test_fifty_repetitions_at_once_have_one_effect(db, site, buyer, token_of, offer):
    listing_id, token = offer(tickets=TIMES).id, token_of(buyer)
    address = site()

    answers = all_at_once([lambda: reserves(address, token, listing_id)] * TIMES)
    statuses = Counter(answer.status_code for answer in answers)
    assert set(statuses) <= {201, 409}
    assert orders_of(db, listing_id) == 1

    answered = [answer for answer in answers if answer.status_code == 201]
    again = reserves(address, token, listing_id)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert {answer.content for answer in answered} == {again.content}
    assert {answer.headers["Location"] for answer in answered} == {again.headers["Location"]}
    assert sum("Idempotent-Replayed" not in answer.headers for answer in answered) == 1
    for answer in answers:
        if answer.status_code == 409:
            assert answer.json()["type"] == "/api/docs#problem-key-in-use"
            assert answer.headers["Retry-After"] == "1"


def test_two_programs_with_the_same_key_do_not_meet(db, site, buyer, rival, token_of, offer):
    listing_id, theirs = offer(tickets=4).id, [token_of(buyer), token_of(rival)]
    address = site()

    calls = [lambda token=token: reserves(address, token, listing_id) for token in theirs * 10]
    ids = {answer.json()["id"] for answer in all_at_once(calls) if answer.status_code == 201}
    assert len(ids) == orders_of(db, listing_id) == 2


def test_control_without_keys_repetitions_are_reservations_of_their_own(
    db, site, buyer, token_of, offer
):
    listing_id, token = offer(tickets=TIMES).id, token_of(buyer)
    address = site(guards_off="keys")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: reserves(address, token, listing_id), range(8)))
    assert orders_of(db, listing_id) > 1
