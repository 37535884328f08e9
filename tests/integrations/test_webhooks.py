"""Users are told what concerns them, signed, for a day, and nobody else waits for their servers."""

import json
import threading
import time
from datetime import timedelta

import pytest
from flask import current_app
from sqlalchemy import event, func, select
from standardwebhooks import Webhook, WebhookVerificationError

from app.catalog import scheduling
from app.catalog.models import Event
from app.db import db as _db
from app.db import lock, transaction
from app.errors import Conflict, Invalid
from app.integrations import audience, delivery_log, endpoints, fan_out, outgoing, sending
from app.integrations.models import (
    DeliveryStatus,
    DisabledReason,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
)
from app.listings import offering
from app.listings.domain_events import ListingUpdated
from app.orders import cancellation, fulfilment, reservation, transitions
from app.orders.domain_events import OrderCancelled, OrderClosing
from app.orders.models import Actor, Order
from app.outbox.models import Message
from app.outbox.recording import record
from app.payments.domain_events import PaymentReceived, RefundIssued
from bin import event_catalogue
from tests.integrations.receivers import Receiver, drips, hangs_up, is_slow

pytestmark = pytest.mark.processes


@pytest.fixture
def environ():
    return {"WEBHOOKS_TO_THIS_MACHINE": "true"}


@pytest.fixture
def receiver():
    """Starts one: `receiver(500)`."""
    started = []

    def start(answers=204):
        started.append(Receiver(answers))
        return started[-1]

    yield start
    for each in started:
        each.close()


@pytest.fixture
def subscribe(app):
    """Registers a receiver for somebody, by default to everything. The endpoint's id."""

    def make(user, receiver, *types):
        owner_id = user.id
        with transaction():
            return endpoints.register(owner_id, receiver.url, types or audience.TYPES).id

    return make


@pytest.fixture
def reserve(listing, buyer):
    """The buyer reserves a ticket. The order's id."""
    buyer_id, listing_id = buyer.id, listing.id

    def make():
        with transaction():
            return reservation.reserve(listing_id, buyer_id, 1, 1).id

    return make


def send(patience_seconds=15.0):
    """What the lane of the worker does, until nothing is on its way. How many arrived."""
    fan_out.fan_out_due()
    return sending.send_due(patience_seconds)


def endpoint(endpoint_id) -> WebhookEndpoint:
    _db.session.rollback()
    return _db.session.get_one(WebhookEndpoint, endpoint_id, populate_existing=True)


def told(receiver):
    """The types that the receiver was told of."""
    return [json.loads(body)["type"] for _, body, _ in receiver.received]


def attempts():
    _db.session.rollback()
    rows = _db.session.execute(
        select(WebhookAttempt.status_code, WebhookAttempt.trouble).order_by(WebhookAttempt.id)
    )
    return [tuple(row) for row in rows]


class TestWhatIsSent:
    def test_it_is_signed_as_standard_webhooks_says(self, subscribe, receiver, buyer, reserve):
        there = receiver()
        secret = endpoint(subscribe(buyer, there)).secret
        reserve()
        assert send() == 1
        [(_, body, headers)] = there.received
        content = Webhook(secret).verify(body, headers)
        message = _db.session.scalars(select(Message)).one()
        assert headers["webhook-id"] == content["id"] == message.id
        assert content == {
            "type": "order.reserved",
            "timestamp": message.happened_at.isoformat().replace("+00:00", "Z"),
            "id": message.id,
            "subject": message.subject,
            "version": 1,
            "data": message.data,
        }
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(body.replace(b"4725", b"1"), headers)
        assert send() == 0, "once"

    def test_after_a_rotation_both_secrets_sign_for_a_day(
        self, subscribe, receiver, buyer, reserve, later
    ):
        there = receiver()
        endpoint_id = subscribe(buyer, there)
        old = endpoint(endpoint_id).secret
        with transaction():
            new = endpoints.rotate_secret(endpoint(endpoint_id))
        reserve()
        send()
        [(_, body, headers)] = there.received
        assert Webhook(old).verify(body, headers) == Webhook(new).verify(body, headers)
        later(hours=25)
        reserve()
        send()
        _, body, headers = there.received[-1]
        Webhook(new).verify(body, headers)
        with pytest.raises(WebhookVerificationError):
            Webhook(old).verify(body, headers)

    def test_only_the_types_that_are_wanted(self, subscribe, receiver, buyer, reserve):
        there = receiver()
        subscribe(buyer, there, "order.completed")
        order_id = reserve()
        with transaction():
            fulfilment.complete(lock(Order, order_id))
        send()
        assert told(there) == ["order.completed"]

    def test_not_what_happened_before(self, subscribe, receiver, buyer, reserve):
        reserve()
        there = receiver()
        subscribe(buyer, there)
        assert send() == 0

    def test_many_go_in_the_order_in_which_they_happened(
        self, subscribe, receiver, seller, listing
    ):
        there = receiver()
        subscribe(seller, there)
        facts = {"listing_id": listing.id, "event_id": listing.event_id, "price_cents": 4500}
        with transaction():
            for version in range(30):
                record(ListingUpdated(currency="EUR", quantity=2, listing_version=version, **facts))
        assert [send(), send()] == [sending.LETTERS, 30 - sending.LETTERS]
        versions = [json.loads(body)["data"]["listing_version"] for _, body, _ in there.received]
        assert versions == list(range(30))


class TestWhoIsTold:
    def test_every_type_can_be_subscribed_to(self):
        assert set(audience.TYPES) == {event.type for event in event_catalogue.events()}

    def test_an_order_concerns_its_buyer_and_the_seller_and_nobody_else(
        self, subscribe, receiver, buyer, seller, stranger, reserve
    ):
        theirs = {user: receiver() for user in (buyer, seller, stranger)}
        for user, there in theirs.items():
            subscribe(user, there)
        reserve()
        send()
        assert [told(theirs[user]) for user in (buyer, seller, stranger)] == [
            ["order.reserved"],
            ["order.reserved"],
            [],
        ]

    def test_why_a_payment_goes_back_is_the_buyers_affair(
        self, subscribe, receiver, buyer, seller, reserve
    ):
        mine, theirs = receiver(), receiver()
        subscribe(buyer, mine, "refund.issued")
        subscribe(seller, theirs, "refund.issued")
        public_id = _db.session.get_one(Order, reserve()).public_id
        facts = {"order_id": public_id, "amount_cents": 5, "currency": "EUR"}
        with transaction():
            record(RefundIssued(refund_id=7, reason="dispute", **facts))
        send()
        data = [json.loads(each.received[0][1])["data"] for each in (mine, theirs)]
        assert data == [facts | {"refund_id": 7, "reason": "dispute"}, facts]

    def test_why_an_order_ends_is_the_buyers_affair(
        self, subscribe, receiver, buyer, seller, reserve
    ):
        mine, theirs = receiver(), receiver()
        subscribe(buyer, mine, "order.closing", "order.cancelled")
        subscribe(seller, theirs, "order.closing", "order.cancelled")
        reserved = _db.session.get_one(Order, reserve())
        facts = transitions.facts_of(reserved)
        with transaction():
            record(OrderClosing(reason="payment_failed", **facts))
            record(OrderCancelled(reason="payment_failed", **facts))
        send()
        for there, seen in ((mine, facts | {"reason": "payment_failed"}), (theirs, facts)):
            assert [json.loads(body)["data"] for _, body, _ in there.received] == [seen] * 2

    def test_a_listing_concerns_its_seller(
        self, subscribe, receiver, buyer, seller, listing, later
    ):
        mine, theirs = receiver(), receiver()
        subscribe(seller, mine)
        subscribe(buyer, theirs)
        seller_id, listing_id = seller.id, listing.id
        with transaction():
            offering.withdraw(listing_id, seller_id, 1)
        send()
        assert (told(mine), told(theirs)) == (["listing.withdrawn"], [])

    def test_an_event_concerns_who_has_tickets_for_it_or_offers_some(
        self, subscribe, receiver, buyer, seller, rival, stranger, reserve, event, listing
    ):
        theirs = {user: receiver() for user in (buyer, seller, rival, stranger)}
        for user, there in theirs.items():
            subscribe(user, there, "event.changed")
        event_id, listing_id, rival_id = event.id, listing.id, rival.id
        reserve()
        with transaction():
            let_go = reservation.reserve(listing_id, rival_id, 1, 1).id
        with transaction():
            cancellation.cancel(let_go, actor=Actor.BUYER, reason="buyer")
        with transaction():
            scheduling.cancel(_db.session.get_one(Event, event_id))
        send()
        assert [len(theirs[user].received) for user in theirs] == [1, 1, 0, 0]

    def test_without_endpoints_there_are_no_rows(self, reserve):
        reserve()
        assert fan_out.fan_out_due() == 0
        assert _db.session.scalar(select(func.count()).select_from(WebhookDelivery)) == 0
        assert _db.session.query(Message).filter(Message.fanned_out_at.is_(None)).count() == 0

    def test_a_purchase_takes_no_statement_more_because_of_them(
        self, db, subscribe, receiver, buyer, reserve
    ):
        def statements():
            sent = []

            def count(_connection, _cursor, statement, *_):
                sent.append(statement)

            event.listen(db.engine, "before_cursor_execute", count)
            reserve()
            event.remove(db.engine, "before_cursor_execute", count)
            return len(sent)

        before = statements()
        subscribe(buyer, receiver())
        assert statements() == before


class TestSeveralWorkers:
    """They look at the same messages at once."""

    def run(self, app, reserve, subscribe, receiver, buyer, seller, errors):
        for user in (buyer, seller):
            subscribe(user, receiver())
        for _ in range(2):
            reserve()
        ready = threading.Barrier(4)

        def work():
            with app.app_context():
                ready.wait()
                try:
                    fan_out.fan_out_due()
                except Exception as error:
                    errors.append(error)

        workers = [threading.Thread(target=work) for _ in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        _db.session.rollback()
        return _db.session.query(WebhookDelivery).count()

    def test_each_is_written_down_once(self, app, reserve, subscribe, receiver, buyer, seller):
        errors = []
        assert self.run(app, reserve, subscribe, receiver, buyer, seller, errors) == 4
        assert errors == []

    def test_with_the_guard_off_they_get_in_each_others_way(
        self, app, database, reserve, subscribe, receiver, buyer, seller, monkeypatch
    ):
        together, errors = threading.Barrier(4), []

        def careless(limit):
            together.wait()
            return _db.session.scalars(select(Message)).all()

        monkeypatch.setattr(fan_out.following, "take_to_fan_out", careless)
        monkeypatch.setattr(fan_out, "MOST_BATCHES", 1)
        monkeypatch.setattr(fan_out.following, "any_not_fanned_out", lambda: True)
        if database == "sqlite":
            pytest.skip("there, one transaction writes at a time, whatever the guard does")
        self.run(app, reserve, subscribe, receiver, buyer, seller, errors)
        assert errors, "the database refused what was there already"


class TestWhenItDoesNotArrive:
    @pytest.mark.parametrize("answers", [500, 404, 302])
    def test_it_is_tried_again_for_more_than_a_day_and_then_given_up(
        self, subscribe, receiver, buyer, reserve, later, answers
    ):
        there = receiver(answers)
        endpoint_id = subscribe(buyer, there)
        reserve()
        send()
        passed = timedelta()
        for wait in sending.WAITS:
            assert endpoint(endpoint_id).is_enabled
            passed += wait
            later(seconds=passed.total_seconds() - 1)
            before = len(there.received)
            send()
            if wait > timedelta(minutes=1):
                assert len(there.received) == before, "not before its time"
            passed += timedelta(seconds=70)  # the pause of the endpoint itself
            later(seconds=passed.total_seconds())
            send()
        assert passed > timedelta(hours=24)
        assert attempts() == [(answers, None)] * (len(sending.WAITS) + 1)
        gone = endpoint(endpoint_id)
        assert (gone.status, gone.disabled_reason) == ("disabled", DisabledReason.FAILING)
        last = _db.session.scalars(select(Message).order_by(Message.position.desc())).first()
        assert last.type == "endpoint.disabled"
        assert last.data == {"endpoint_id": endpoint_id, "reason": "failing"}

    def test_one_message_that_it_cannot_take_does_not_end_it(
        self, subscribe, receiver, buyer, reserve, later
    ):
        def some(handler):
            body = there.received[-1][1]
            handler.send_response(500 if b"order.reserved" in body else 200)
            handler.end_headers()

        there = receiver(some)
        endpoint_id = subscribe(buyer, there)
        order_id = reserve()
        send()
        later(minutes=2)
        with transaction():
            fulfilment.complete(lock(Order, order_id))
        for hours in range(1, 40):
            later(hours=hours)
            send()
        assert told(there).count("order.completed") == 1
        assert told(there).count("order.reserved") == len(sending.WAITS) + 1
        assert endpoint(endpoint_id).is_enabled

    def test_who_says_that_it_is_gone_is_asked_no_more(
        self, subscribe, receiver, buyer, seller, reserve
    ):
        there, other = receiver(410), receiver()
        endpoint_id = subscribe(buyer, there)
        subscribe(buyer, other, "endpoint.disabled")
        reserve()
        send()
        assert endpoint(endpoint_id).disabled_reason == DisabledReason.GONE
        statuses = set(_db.session.scalars(select(WebhookDelivery.status)))
        assert statuses == {DeliveryStatus.FAILED}
        send()
        assert told(other) == ["endpoint.disabled"], "their other endpoint hears of it"
        reserve()
        send()
        assert len(there.received) == 1

    def test_who_comes_back_gets_what_was_missed(self, subscribe, receiver, buyer, reserve, later):
        there = receiver(hangs_up)
        subscribe(buyer, there)
        reserve()
        reserve()
        send()
        assert attempts() == [(None, "no_answer")]
        there.answers = 200
        later(minutes=6)
        assert send() == 2

    def test_a_host_that_moves_into_our_network_is_not_asked(
        self, subscribe, receiver, buyer, reserve, monkeypatch
    ):
        there = receiver()
        client = outgoing.Outgoing(to_this_machine=True, resolver=lambda *_: ["192.168.0.7"])
        subscribe(buyer, there)  # when it was registered it was elsewhere
        monkeypatch.setitem(current_app.extensions, "outgoing", client)
        reserve()
        send()
        assert there.received == []
        assert attempts() == [(None, "address")]

    def test_a_worker_that_dies_while_sending_loses_nothing(
        self, subscribe, receiver, buyer, reserve, later
    ):
        there = receiver()
        subscribe(buyer, there)
        reserve()
        fan_out.fan_out_due()
        sending.send_due(0)
        time.sleep(0.5)
        current_app.extensions["webhook_senders"].clear()  # with the worker
        assert send() == 0, "somebody may still be at it"
        later(minutes=2)
        assert send() == 1
        ids = {headers["webhook-id"] for _, _, headers in there.received}
        assert len(ids) == 1, "which tells the receiver that it is the same"

    def test_an_endpoint_that_is_deleted_meanwhile(self, subscribe, receiver, buyer, reserve):
        endpoint_id = subscribe(buyer, receiver(is_slow))
        reserve()
        fan_out.fan_out_due()
        sending.send_due(0)
        with transaction():
            endpoints.delete(endpoint(endpoint_id))
        assert sending.send_due(15) == 1
        assert attempts() == []


class TestSlowOnes:
    """Nobody waits for them."""

    @pytest.fixture(autouse=True)
    def patience(self, monkeypatch):
        monkeypatch.setattr(outgoing, "ANSWER_SECONDS", 2)

    def test_they_delay_nobody_else(self, subscribe, receiver, buyer, seller, reserve):
        slow, quick = receiver(drips), receiver()
        subscribe(buyer, slow)
        subscribe(seller, quick)
        for _ in range(2):
            reserve()
        began = time.monotonic()
        send(0.8)
        assert told(quick) == ["order.reserved"] * 2
        assert time.monotonic() - began < 1.5, "nor the lane"
        later_ones = [send(0.8) for _ in range(4)]
        assert later_ones == [0, 0, 0, 0]
        assert attempts().count((None, "timeout")) == 1, "one of its two; then it pauses"

    def test_one_owner_has_two_senders_at_most(self, subscribe, receiver, buyer, reserve):
        for _ in range(4):
            subscribe(buyer, receiver(drips))
        reserve()
        fan_out.fan_out_due()
        sending.send_due(0)
        assert len(current_app.extensions["webhook_senders"]) == 2

    def test_those_that_fail_share_a_few(self, subscribe, receiver, person, reserve, buyer, db):
        users = [person(f"owner-{number}") for number in range(6)]
        public_id = _db.session.get_one(Order, reserve()).public_id
        there = receiver(drips)
        ids = [subscribe(user, there) for user in users]
        with transaction():
            for endpoint_id in ids:
                db.session.get_one(WebhookEndpoint, endpoint_id).tries = 3
            record(PaymentReceived(order_id=public_id, amount_cents=1, currency="EUR"))
            db.session.flush()
            message = db.session.scalars(select(Message).order_by(Message.position.desc())).first()
            for endpoint_id in ids:
                db.session.add(
                    WebhookDelivery(endpoint_id=endpoint_id, message_id=message.id, role="buyer")
                )
        sending.send_due(0)
        assert len(current_app.extensions["webhook_senders"]) == sending.SENDERS_TO_FAILING


class TestEndpoints:
    def test_there_are_ten_at_most(self, subscribe, receiver, buyer):
        there = receiver()
        for _ in range(endpoints.MOST_ENDPOINTS):
            subscribe(buyer, there)
        with pytest.raises(Conflict):
            subscribe(buyer, there)

    @pytest.mark.parametrize("types", [[], ["order.reserved", "no.such"]])
    def test_types_are_those_that_there_are(self, buyer, types):
        buyer_id = buyer.id
        with pytest.raises(Invalid), transaction():
            endpoints.register(buyer_id, "https://example.org/", types)

    @pytest.mark.parametrize("address", ["10.0.0.1", "::1", "169.254.169.254"])
    def test_private_addresses_are_refused(self, app, monkeypatch, address):
        client = outgoing.Outgoing(to_this_machine=False, resolver=lambda *_: [address])
        monkeypatch.setitem(app.extensions, "outgoing", client)
        with pytest.raises(Invalid, match="private"):
            endpoints.check_address("https://example.org/")

    def test_sending_again(self, subscribe, receiver, buyer, reserve):
        there = receiver()
        endpoint_id = subscribe(buyer, there)
        reserve()
        send()
        delivery_id = _db.session.scalars(select(WebhookDelivery.id)).one()
        with transaction():
            delivery_log.send_again(endpoint(endpoint_id), delivery_id)
        assert send() == 1
        assert len(there.received) == 2
        assert attempts() == [(204, None), (204, None)]

    def test_one_that_is_switched_off_gets_nothing_until_it_is_on_again(
        self, subscribe, receiver, buyer, reserve
    ):
        there = receiver()
        endpoint_id = subscribe(buyer, there)
        reserve()
        fan_out.fan_out_due()
        with transaction():
            endpoints.switch_off(endpoint(endpoint_id), DisabledReason.OWNER)
        send()
        assert there.received == []
        delivery_id = _db.session.scalars(select(WebhookDelivery.id)).one()
        with pytest.raises(Conflict), transaction():
            delivery_log.send_again(endpoint(endpoint_id), delivery_id)
        with transaction():
            endpoints.switch_on(endpoint(endpoint_id))
        reserve()
        assert send() == 1
        assert told(there) == ["order.reserved"]

    def test_the_log_ends_after_a_month(self, subscribe, receiver, buyer, reserve, later):
        subscribe(buyer, receiver())
        reserve()
        send()
        assert delivery_log.forget_old() == 0
        later(days=31)
        assert delivery_log.forget_old() == 1
        assert attempts() == []
