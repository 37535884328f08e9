"""Buyers, banks, operators, clocks and a failing Stripe, in any order: nothing is lost.

Each run is a random history. After every step the invariants that need no patience
hold; in the end, with Stripe well again and nothing but the jobs, all of them do, and
every order is completed, cancelled or refunded. A failing run prints its seed.
"""

import contextlib
import os
import random
from datetime import timedelta

import pytest
from sqlalchemy import select

from app import clock, invariants, schedule
from app.db import db, lock, transaction
from app.errors import Refusal
from app.listings.models import Listing
from app.orders import cancellation, reservation
from app.orders.models import UNPAID, Actor, Order
from app.payments import checkout, gateway, reconciliation, refunds, webhooks
from app.payments.incidents import accept, open_incidents
from app.payments.incidents import refund as refund_incident
from app.payments.models import CheckoutAttempt, RefundReason

pytestmark = pytest.mark.thorough

# A short dose. A long one, of other histories: HISTORIES=500 FIRST_SEED=9 bin/test FILE
RUNS = int(os.environ.get("HISTORIES", "12"))
FIRST_SEED = int(os.environ.get("FIRST_SEED", "0"))
STEPS = 50
CARDS = ("4242424242424242", "4000000000000002", "4000000000005126", "4000000000007726")
FAULTS = ("409", "429", "500", "500_after_work", "lost_reply", "reset")
# These give the jobs some minutes; the others must hold at any moment.
PATIENT = ("4a", "4b", "5b", "8", "9")


class World:
    """Everything that can happen, each as a method whose name begins with `step_`."""

    def __init__(self, seed, stripe, buyers, listings, move_clock):
        self.random = random.Random(seed)
        self.stripe, self.buyers, self.listings = stripe, buyers, listings
        self.move_clock = move_clock
        self.steps = [getattr(self, name) for name in dir(self) if name.startswith("step_")]
        # What moves an order on comes often, so that a history has something to go wrong with.
        self.steps += 3 * [self.step_reserve, self.step_begin_to_pay, self.step_pay]
        self.history = []

    def go_on(self):
        step = self.random.choice(self.steps)
        self.history.append(step.__name__.removeprefix("step_"))
        expected = (Refusal, gateway.StripeUnavailable, gateway.StripeRefused)
        with contextlib.suppress(*expected):
            step()
        db.session.rollback()

    def step_reserve(self):
        listing = db.session.get_one(Listing, self.random.choice(self.listings))
        version, listing_id = listing.version, listing.id
        with transaction():
            reservation.reserve(
                listing_id, self.random.choice(self.buyers), self.random.randint(1, 2), version
            )

    def step_begin_to_pay(self):
        if order_id := self._some(select(Order.id).where(Order.status.in_(UNPAID))):
            checkout.start_checkout(order_id)

    def step_pay(self):
        if session_id := self._some_session():
            with contextlib.suppress(AssertionError):  # the page is shut
                self.stripe.pay(session_id, card=self.random.choice(CARDS))

    def step_come_back(self):
        if order_id := self._some(select(Order.id)):
            reconciliation.ask_about(order_id)

    def step_pay_slowly(self):
        if session_id := self._some_session():
            with contextlib.suppress(AssertionError):
                self.stripe.pay_slowly(session_id)

    def step_the_bank_answers(self):
        if session_id := self._some_session():
            with contextlib.suppress(AssertionError):
                self.stripe.bank_answers(session_id, self.random.choice(["succeeded", "failed"]))

    def step_cancel(self):
        if order_id := self._some(select(Order.id)):
            with transaction():
                cancellation.cancel(order_id, actor=Actor.BUYER, reason="buyer")

    def step_operator_refunds(self):
        if order_id := self._some(select(Order.id)):
            with transaction():
                refunds.request(
                    lock(Order, order_id),
                    self.random.choice([None, 1000]),
                    reason=RefundReason.REQUESTED,
                )

    def step_dashboard_refunds(self):
        if charge := self._some_charge():
            amount = self.random.choice([None, 700])
            with contextlib.suppress(AssertionError):
                self.stripe.post(
                    "/refunds", charge=charge, **({"amount": amount} if amount else {})
                )

    def step_dispute(self):
        if charge := self._some_charge():
            with contextlib.suppress(AssertionError):
                self.stripe.post("/disputes", charge=charge)

    def step_the_bank_decides_a_dispute(self):
        finish_disputes(self.stripe, self.random)

    def step_the_seller_changes_the_offer(self):
        with transaction():
            lock(Listing, self.random.choice(self.listings)).version += 1

    def step_stripe_will_fail(self):
        self.stripe.fail(self.random.choice(FAULTS), count=self.random.randint(1, 3))

    def step_a_webhook_comes_twice(self):
        notices = gateway.events_since(clock.now() - timedelta(days=1), tuple(webhooks.HANDLERS))
        if notices:
            notice = self.random.choice(notices)
            webhooks.take_in(notice)
            webhooks.take_in(notice)
            webhooks.process(notice.event_id)

    def step_time_passes(self):
        self.move_clock(self.random.choice([5, 60, 300, 900, 1200]))

    def step_deadlines_are_swept(self):
        schedule.run("sweep")

    def step_the_rest_is_swept(self):
        schedule.run("follow-up")

    def _some_session(self):
        return self._some(
            select(CheckoutAttempt.session_id).where(CheckoutAttempt.session_id.is_not(None))
        )

    def _some_charge(self):
        charges = [id for id, charge in self.stripe.objects("charge").items() if charge["paid"]]
        return self.random.choice(charges) if charges else None

    def _some(self, query):
        found = sorted(db.session.scalars(query), key=str)
        db.session.rollback()
        return self.random.choice(found) if found else None


def impatient(broken):
    return {name: rows for name, rows in broken.items() if not name.startswith(PATIENT)}


@pytest.mark.parametrize("seed", range(FIRST_SEED, FIRST_SEED + RUNS))
def test_any_history_ends_well(seed, stripe, app, offer, person, move_clock):
    buyers = [person(f"buyer{number}").id for number in range(3)]
    listings = [offer(tickets=3).id, offer(tickets=2).id]
    world = World(seed, stripe, buyers, listings, move_clock)
    db.session.rollback()

    for _ in range(STEPS):
        world.go_on()
        broken = impatient(invariants.broken())
        assert broken == {}, f"seed {seed}: {world.history} -> {broken}"

    stripe.forget_faults()
    finish_disputes(stripe, world.random)
    for _ in range(12):
        decide_incidents(world.random)
        settle_slow_payments(stripe)
        move_clock(1200)
        schedule.run("sweep")
        schedule.run("follow-up")
    decide_incidents(world.random)
    statuses = set(db.session.scalars(select(Order.status)))
    assert statuses <= {"completed", "cancelled", "refunded"}, f"seed {seed}: {world.history}"
    assert invariants.broken() == {}, f"seed {seed}: {world.history}"
    assert stripe_agrees(stripe), f"seed {seed}: {world.history}"


def finish_disputes(stripe, chance):
    for dispute in stripe.objects("dispute").values():
        if dispute["status"] not in ("won", "lost"):
            stripe.post(f"/disputes/{dispute['id']}/close", outcome=chance.choice(["won", "lost"]))


def settle_slow_payments(stripe):
    for session in stripe.objects("checkout.session").values():
        if session["status"] == "complete" and session["payment_status"] == "unpaid":
            with contextlib.suppress(AssertionError):
                stripe.bank_answers(session["id"], "succeeded")


def decide_incidents(chance):
    for incident in open_incidents():
        with contextlib.suppress(Refusal, gateway.StripeRefused):
            chance.choice([accept, refund_incident])(incident.order_id)


def stripe_agrees(stripe):
    """Whether Stripe keeps of every payment exactly what we believe it keeps."""
    kept = {
        charge["payment_intent"]: charge["amount_captured"] - charge["amount_refunded"]
        for charge in stripe.objects("charge").values()
        if charge["paid"]
    }
    for dispute in stripe.objects("dispute").values():
        if dispute["status"] == "lost":
            kept[dispute["payment_intent"]] = 0  # however much of it was disputed
    paid = db.session.scalars(select(CheckoutAttempt).where(CheckoutAttempt.status == "paid")).all()
    ours = {attempt.intent_id: refunds.left_on(attempt) for attempt in paid}
    db.session.rollback()
    return {intent: kept[intent] for intent in ours} == ours
