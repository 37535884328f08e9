import pytest
from sqlalchemy import select, update

from app import invariants, schedule
from app.catalog.models import Event, EventStatus
from app.db import lock, transaction
from app.errors import Conflict, Invalid
from app.listings.models import Ticket
from app.orders import fulfilment
from app.orders.models import Order, OrderStatus, TimelineEntry
from app.payments import closing, disputes, gateway, refunds
from app.payments.incidents import accept, open_incidents
from app.payments.incidents import refund as refund_incident
from app.payments.models import CheckoutAttempt, RefundReason
from app.payments.settlement import settle
from tests.payments.conftest import refunds_of

pytestmark = pytest.mark.thorough


@pytest.fixture(autouse=True)
def everything_holds_in_the_end(app):
    yield
    assert invariants.broken() == {}


@pytest.fixture
def paid(stripe, begun):
    """An order that was paid, with its card. The order's id."""

    def pay(card="4242424242424242", **who):
        order_id, session_id = begun(**who)
        stripe.pay(session_id, card=card)
        settle(session_id)
        return order_id

    return pay


def request(order_id, cents=None):
    with transaction():
        return refunds.request(lock(Order, order_id), cents, reason=RefundReason.REQUESTED).id


def sent_back(stripe):
    return sum(refund["amount"] for refund in stripe.objects("refund").values())


def test_a_full_refund_ends_the_order_and_voids_its_tickets(paid, stripe, order_of, db):
    order_id = paid()
    request(order_id)
    assert order_of(order_id).status == OrderStatus.REFUNDED, "from the moment it is written"
    assert set(db.session.scalars(select(Ticket.status))) == {"void"}
    schedule.run("follow-up")
    assert refunds_of(db) == [("requested", 9450, "succeeded")]
    assert sent_back(stripe) == 9450


def test_partial_refunds_leave_the_order_until_all_is_back(paid, stripe, order_of, db):
    order_id = paid()
    request(order_id, 4000)
    schedule.run("follow-up")
    assert order_of(order_id).status == OrderStatus.COMPLETED
    with pytest.raises(Conflict, match="5450"):
        request(order_id, 5451)
    with pytest.raises(Invalid):
        request(order_id, 0)
    request(order_id, 5450)
    schedule.run("follow-up")
    assert order_of(order_id).status == OrderStatus.REFUNDED
    assert sent_back(stripe) == 9450


def test_an_unpaid_order_has_nothing_to_refund(begun):
    order_id, _ = begun()
    with pytest.raises(Conflict):
        request(order_id)


@pytest.mark.parametrize("fault", ["500", "500_after_work", "lost_reply", "429", "reset", "409"])
def test_a_refund_is_sent_once_whatever_stripe_does(fault, paid, stripe, db, later):
    order_id = paid()
    stripe.fail(fault, method="POST", path="/v1/refunds")
    refund_id = request(order_id)
    refunds.issue(refund_id)
    later(minutes=5)
    schedule.run("follow-up")
    schedule.run("follow-up")
    assert refunds_of(db) == [("requested", 9450, "succeeded")]
    assert sent_back(stripe) == 9450


def test_a_refund_that_fails_later_becomes_an_incident_that_an_operator_ends(
    paid, stripe, order_of, db
):
    order_id = paid(card="4000000000005126")
    request(order_id)
    schedule.run("follow-up")
    stripe.post("/clock", advance=60)
    (charge_id,) = stripe.objects("charge")
    refunds.sync(stripe.objects("charge")[charge_id]["payment_intent"])
    assert refunds_of(db) == [("requested", 9450, "failed")]
    order = order_of(order_id)
    assert order.status == OrderStatus.REFUNDED
    assert "failed" in order.incident

    accept(order.public_id)
    assert open_incidents() == []
    assert order_of(order_id).timeline[-1].reason == "incident_accepted"


def test_an_operator_may_try_a_failed_refund_again(paid, stripe, order_of, db):
    order_id = paid(card="4000000000005126")
    request(order_id)
    schedule.run("follow-up")
    (refund_id,) = stripe.objects("refund")
    stripe.post(f"/refunds/{refund_id}/settle", outcome="failed")
    refunds.sync(stripe.objects("refund")[refund_id]["payment_intent"])
    refund_incident(order_of(order_id).public_id)
    schedule.run("follow-up")
    assert [status for *_, status in refunds_of(db)] == ["failed", "succeeded"]


def test_a_full_refund_in_the_dashboard_ends_the_order(paid, stripe, order_of, db):
    order_id = paid()
    (charge_id,) = stripe.objects("charge")
    stripe.post("/refunds", charge=charge_id)
    schedule.run("follow-up")  # no webhook came: the missed event is fetched
    schedule.run("follow-up")
    assert order_of(order_id).status == OrderStatus.REFUNDED
    assert refunds_of(db) == [("external", 9450, "succeeded")]


def test_a_refund_that_the_dashboard_made_first_is_not_made_twice(paid, stripe, order_of, db):
    order_id = paid()
    (charge_id,) = stripe.objects("charge")
    refund_id = request(order_id)
    stripe.post("/refunds", charge=charge_id)
    refunds.issue(refund_id)
    assert sent_back(stripe) == 9450
    assert refunds_of(db) == [("requested", 9450, "canceled"), ("external", 9450, "succeeded")]
    assert order_of(order_id).status == OrderStatus.REFUNDED


def test_after_a_partial_refund_in_the_dashboard_only_the_rest_is_sent(
    paid, stripe, order_of, db, later
):
    order_id = paid()
    (charge_id,) = stripe.objects("charge")
    refund_id = request(order_id)
    stripe.post("/refunds", charge=charge_id, amount=1000)
    refunds.issue(refund_id)
    later(minutes=5)
    schedule.run("follow-up")
    assert sent_back(stripe) == 9450
    assert refunds_of(db) == [("requested", 8450, "succeeded"), ("external", 1000, "succeeded")]
    assert order_of(order_id).status == OrderStatus.REFUNDED


def test_a_dispute_moves_no_completed_order_and_stops_refunds(paid, stripe, order_of, db):
    order_id = paid()
    (charge_id,) = stripe.objects("charge")
    dispute = stripe.post("/disputes", charge=charge_id)
    disputes.sync(dispute["payment_intent"])
    assert order_of(order_id).status == OrderStatus.COMPLETED
    with pytest.raises(Conflict, match="dispute"):
        request(order_id)

    stripe.post(f"/disputes/{dispute['id']}/close", outcome="won")
    disputes.sync(dispute["payment_intent"])
    request(order_id)
    schedule.run("follow-up")
    assert order_of(order_id).status == OrderStatus.REFUNDED


def test_a_lost_dispute_ends_the_order_like_a_full_refund(paid, stripe, order_of, db):
    order_id = paid()
    (charge_id,) = stripe.objects("charge")
    dispute = stripe.post("/disputes", charge=charge_id)
    stripe.post(f"/disputes/{dispute['id']}/close", outcome="lost")
    schedule.run("follow-up")
    schedule.run("follow-up")
    assert order_of(order_id).status == OrderStatus.REFUNDED
    assert set(db.session.scalars(select(Ticket.status))) == {"void"}
    assert sent_back(stripe) == 0, "the bank took it already"


def test_a_refund_waits_while_its_charge_is_disputed(paid, stripe, db, later):
    order_id = paid()
    refund_id = request(order_id)
    (charge_id,) = stripe.objects("charge")
    dispute = stripe.post("/disputes", charge=charge_id)
    disputes.sync(dispute["payment_intent"])
    refunds.issue(refund_id)
    assert sent_back(stripe) == 0
    stripe.post(f"/disputes/{dispute['id']}/close", outcome="won")
    disputes.sync(dispute["payment_intent"])
    later(minutes=20)
    schedule.run("follow-up")
    assert sent_back(stripe) == 9450


def test_a_cancelled_event_ends_every_order(
    paid, reserved, begun, stripe, order_of, db, offer, rival, listing
):
    other = offer(tickets=4)
    completed = paid()
    waiting = reserved(1, listing=other)
    paying, session_id = begun(1, listing=other, buyer=rival)
    with transaction():
        db.session.get_one(Event, listing.event_id).status = EventStatus.CANCELLED
    for _ in range(3):
        schedule.run("follow-up")
    assert order_of(completed).status == OrderStatus.REFUNDED
    assert order_of(waiting).status == OrderStatus.CANCELLED
    assert order_of(paying).status == OrderStatus.CANCELLED
    assert stripe.session(session_id)["status"] == "expired"
    assert sent_back(stripe) == 9450


def test_a_payment_that_commits_after_the_event_was_cancelled_is_refunded(
    begun, stripe, order_of, db, listing
):
    order_id, session_id = begun()
    stripe.pay(session_id)
    with transaction():
        db.session.get_one(Event, listing.event_id).status = EventStatus.CANCELLED
    for _ in range(4):
        schedule.run("follow-up")
    closing.finish_due()
    schedule.run("follow-up")
    assert order_of(order_id).status in (OrderStatus.REFUNDED, OrderStatus.CANCELLED)
    assert sent_back(stripe) == 9450


def test_another_dispute_after_one_that_was_won_stops_refunds_again(paid, stripe):
    order_id = paid()
    (charge_id,) = stripe.objects("charge")
    first = stripe.post("/disputes", charge=charge_id)
    stripe.post(f"/disputes/{first['id']}/close", outcome="won")
    disputes.sync(first["payment_intent"])
    stripe.post("/disputes", charge=charge_id)
    disputes.sync(first["payment_intent"])
    with pytest.raises(Conflict, match="dispute"):
        request(order_id)


def test_a_refund_that_waited_for_a_dispute_is_sent_as_soon_as_that_is_won(paid, stripe):
    refund_id = request(paid())
    (charge_id,) = stripe.objects("charge")
    dispute = stripe.post("/disputes", charge=charge_id)
    disputes.sync(dispute["payment_intent"])
    assert not refunds.issue(refund_id)
    stripe.post(f"/disputes/{dispute['id']}/close", outcome="won")
    disputes.sync(dispute["payment_intent"])
    assert refunds.issue_due() == 1
    assert sent_back(stripe) == 9450


def test_a_partial_refund_that_failed_is_sent_once_more_when_the_operator_says_so(
    paid, stripe, order_of, db
):
    order_id = paid(card="4000000000005126")
    request(order_id, 4000)
    schedule.run("follow-up")
    stripe.post("/clock", advance=60)
    schedule.run("follow-up")
    for _ in range(2):
        refunds.sync(intent_of(db))
    public_id = order_of(order_id).public_id
    assert refund_incident(public_id) == 4000
    assert refunds_of(db) == [("requested", 4000, "failed"), ("requested", 4000, "due")]
    assert order_of(order_id).status == OrderStatus.COMPLETED
    with pytest.raises(Conflict, match="no open incident"):
        refund_incident(public_id)


def test_an_incident_that_leaves_nothing_to_send_back_is_not_said_to_be_refunded(paid, order_of):
    order_id = paid()
    with transaction():
        fulfilment.flag(lock(Order, order_id), "somebody complained")
    public_id = order_of(order_id).public_id
    with pytest.raises(Conflict, match="nothing to send back"):
        refund_incident(public_id)
    accept(public_id)
    assert open_incidents() == []


def test_a_refund_that_failed_stays_failed_when_an_older_list_comes_late(paid, stripe, db):
    order_id = paid(card="4000000000005126")
    request(order_id, 4000)
    schedule.run("follow-up")
    older = gateway.refunds_of(intent_of(db))
    assert [refund.status for refund in older] == ["succeeded"]
    stripe.post("/clock", advance=60)
    refunds.sync(intent_of(db))
    with transaction():
        order = lock(Order, order_id)
        attempt = db.session.scalars(select(CheckoutAttempt)).one()
        refunds.adopt(order, lock(CheckoutAttempt, attempt.id), older)
    assert refunds_of(db) == [("requested", 4000, "failed")]


def test_a_refund_in_the_dashboard_with_a_reference_like_ours_is_recorded(paid, db):
    order_id = paid()
    theirs = gateway.StripeRefund("re_1", 700, "succeeded", "RF-17")
    with transaction():
        order = lock(Order, order_id)
        attempt = db.session.scalars(select(CheckoutAttempt)).one()
        refunds.adopt(order, lock(CheckoutAttempt, attempt.id), [theirs])
    assert refunds_of(db) == [("external", 700, "succeeded")]


def test_a_page_that_stripe_has_forgotten_is_an_incident_and_can_be_ended(
    begun, stripe, order_of, later
):
    order_id, _ = begun()
    public_id = order_of(order_id).public_id
    stripe.post("/reset")
    later(minutes=20)
    schedule.run("sweep")
    schedule.run("follow-up")
    assert order_of(order_id).status == OrderStatus.CLOSING
    assert "does not know" in open_incidents()[0].what

    assert refund_incident(public_id) == 0
    later(minutes=25)
    schedule.run("follow-up")
    assert order_of(order_id).status == OrderStatus.CANCELLED


def test_a_payment_for_something_else_cannot_be_accepted(begun, stripe, order_of, db):
    order_id, session_id = begun()
    stripe.pay(session_id)
    public_id = order_of(order_id).public_id
    with transaction():
        db.session.execute(update(Order).values(public_id="another"))
    settle(session_id)
    with pytest.raises(Conflict, match="cannot be accepted"):
        accept("another")
    with transaction():
        db.session.execute(update(Order).values(public_id=public_id))
    accept(public_id)
    assert order_of(order_id).status == OrderStatus.COMPLETED


@pytest.mark.parametrize("cause", ["requested", "external", "dispute"])
def test_the_timeline_says_why_an_order_was_refunded(paid, stripe, db, cause):
    order_id = paid()
    (charge_id,) = stripe.objects("charge")
    if cause == "requested":
        request(order_id)
    elif cause == "external":
        stripe.post("/refunds", charge=charge_id)
    else:
        dispute = stripe.post("/disputes", charge=charge_id)
        stripe.post(f"/disputes/{dispute['id']}/close", outcome="lost")
    schedule.run("follow-up")
    schedule.run("follow-up")
    last = db.session.scalars(select(TimelineEntry).order_by(TimelineEntry.id.desc())).first()
    assert (last.to_status, last.reason) == ("refunded", cause)


def intent_of(db):
    found = db.session.scalars(select(CheckoutAttempt.intent_id)).one()
    db.session.rollback()
    return found
