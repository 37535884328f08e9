"""Many come back at once for the answer of a request that died, each with its Idempotency-Key."""

from datetime import timedelta

import pytest

from app import clock
from app.api import idempotency
from app.api.models import IdempotentRequest
from app.db import transaction
from app.orders import api, reservation
from app.orders.models import Order
from tests.races.conftest import CONTESTANTS
from tests.support.programs import Program, kind_of

KEY = {idempotency.HEADER: "8e03978e-40d5-43e8-bc93-6894a57f9324"}


class Crash(BaseException):
    """The process ends here."""


@pytest.fixture
def come_back(app, buyer, offer, db, at_once, monkeypatch):
    """All of them at once, when the lease of the dead is over. How many were answered at once,
    and how many orders there are.
    """
    wanted = {"listing_id": offer(tickets=CONTESTANTS).id, "quantity": 1}
    headers = Program(app, buyer).headers | KEY

    def die(*_args):
        raise Crash

    with monkeypatch.context() as death:
        death.setattr(reservation, "refuse_if_hopeless", die)
        with pytest.raises(Crash):
            Program(app).post("/orders", wanted, headers=headers)
    with transaction():
        over = clock.now() - timedelta(seconds=1)
        assert db.session.query(IdempotentRequest).update({"claimed_until": over}) == 1

    def once_more():
        answer = Program(app).post("/orders", wanted, headers=headers)
        if answer.status_code == 409:
            assert kind_of(answer) == "key-in-use"
            raise idempotency.KeyInUse
        assert answer.status_code == 201

    def play():
        outcomes = at_once([once_more] * CONTESTANTS)
        assert set(outcomes) <= {"won", "KeyInUse"}
        db.session.rollback()
        return outcomes["won"], db.session.query(Order).count()

    return play


@pytest.fixture
def everybody_takes_over(monkeypatch):
    """Nobody asks whether the claim of the dead was taken over by another already."""
    monkeypatch.setattr(idempotency, "_take_over", lambda claim: claim)


def test_of_many_who_come_after_a_crash_one_takes_over(come_back, slow):
    answered, orders = come_back()
    assert answered >= 1
    assert orders == 1


def test_if_several_took_over_the_stored_answer_would_still_be_that_of_one(
    come_back, slow, everybody_takes_over
):
    assert come_back()[1] == 1


def test_control_with_neither_guard_several_order(
    come_back, slow, everybody_takes_over, monkeypatch
):
    monkeypatch.setattr(api, "kept", lambda answer: answer)
    assert come_back()[1] > 1
