"""The last click on pay against the deadline, and many tabs of one checkout."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import requests
from sqlalchemy import select, update

from app import clock, invariants
from app.config import SIMULATOR_WEBHOOK_SECRET
from app.db import transaction
from app.listings.models import Ticket, TicketStatus
from app.orders.models import UNPAID, Order, OrderStatus
from app.payments.models import CheckoutAttempt, InboxStatus, StripeEvent
from stripe_simulator import running_simulator
from tests.races.over_http.conftest import Window, all_at_once, open_windows
from tests.support.processes import until
from tests.support.stripe import Stripe
from tests.support.valkey import Valkey

pytestmark = pytest.mark.processes

SEED = 20261124
BUYERS, ORDERS_EACH = 5, 4
ROUNDS, TABS = 3, 6
CREATE, EXPIRE = "/v1/checkout/sessions", "/v1/checkout/sessions/*/expire"
CARD = {
    "email": "buyer@example.org",
    "number": "4242 4242 4242 4242",
    "expiry": "12 / 40",
    "cvc": "123",
    "name": "Bea Buyer",
}


@pytest.fixture
def stripe():
    with running_simulator() as running:
        yield Stripe(running.url)


@pytest.fixture
def valkey(tmp_path):
    valkey = Valkey(tmp_path)
    yield valkey
    valkey.clear_away()


@pytest.fixture
def environ(environ, stripe, valkey):
    return environ | {
        "REDIS_URL": valkey.url,
        "STRIPE_API_BASE": stripe.url,
        "STRIPE_SECRET_KEY": "sk_test_ticketbay",
        "STRIPE_WEBHOOK_SECRET": SIMULATOR_WEBHOOK_SECRET,
        "SWEEP_SECONDS": "1",
        "PAYMENT_GRACE_SECONDS": "0",
    }


@pytest.fixture
def open_shop(site, start, stripe):
    """Starts site and worker, and tells Stripe where to send its webhooks. The site's address.

    The cast must be there by then: SQLite refuses who reads and then writes while others write.
    """

    def begin(**how):
        worker = start("-m", "tests.races.over_http.staged_worker", **how)
        address = site(**how)
        worker.wait_for("worker ready")
        hook = f"{address}/webhooks/stripe"
        stripe.post("/webhooks/endpoints", url=hook, secrets=[SIMULATOR_WEBHOOK_SECRET])
        return address

    return begin


@pytest.fixture
def order_named(db):
    """The order as the database has it now, by the id in its address."""

    def read(public_id):
        db.session.rollback()
        query = select(Order).filter_by(public_id=public_id)
        return db.session.scalars(query.execution_options(populate_existing=True)).one()

    return read


def pays(page):
    """Fill in the card and click on Pay. Where that led, or None: the page was shut."""
    with requests.Session() as browser:
        browser.trust_env = False
        answer = browser.post(page, data=CARD, timeout=30, allow_redirects=False)
    assert answer.status_code in (303, 410), answer.text
    return answer.headers.get("Location")


def charges_of(stripe, public_id):
    """The payments that were made for an order."""
    intents = {
        session["payment_intent"]
        for session in stripe.objects("checkout.session").values()
        if session["client_reference_id"] == public_id
    }
    charges = stripe.objects("charge").values()
    return [each for each in charges if each["paid"] and each["payment_intent"] in intents]


def check_out(window, listing_id):
    """Reserve a ticket and go on to pay. The order's id and the address of its payment page."""
    order = window.reserves(listing_id).headers["Location"]
    page = window.posts(f"{order}/checkout").headers["Location"]
    return order.removeprefix("/orders/"), local(page)


def local(page):
    """The payment page by the only address that a test talks to."""
    return page.replace("//localhost:", "//127.0.0.1:")


# Payment against expiry


@pytest.fixture
def last_minute(open_shop, offer, person, cookies_of, stripe, db, order_named):
    """Everybody pays around the one deadline of all orders. By order: whether its buyer paid."""

    def play(**how):
        print(f"seed {SEED}")  # noqa: T201
        chance, listing_id = random.Random(SEED), offer(tickets=BUYERS * ORDERS_EACH).id
        fans = [cookies_of(person(f"fan{each}")) for each in range(BUYERS)]
        site = open_shop(**how)
        windows = open_windows(site, fans, f"/listings/{listing_id}") * ORDERS_EACH
        with ThreadPoolExecutor(4) as pool:
            checkouts = list(pool.map(lambda window: check_out(window, listing_id), windows))
        # Shutting all pages takes a while, and it is then that people click.
        stripe.fail("hang", method="POST", path=EXPIRE, count=1000, seconds=0.1)
        (in_time, page), *contested, (too_late, shut_page) = checkouts
        came_back = {in_time: pays(page)}
        deadline = end_all_in(db, seconds=1)

        def click(window, checkout, wait, comes_back):
            time.sleep(max(0, (deadline - clock.now()).total_seconds() + wait))
            back = pays(checkout[1])
            if back and comes_back:  # the others close the window
                assert window.http.get(back, timeout=30).status_code in (200, 503)
            return checkout[0], back

        waits = [chance.uniform(0, 4) for _ in contested]
        comes_back = [chance.random() < 0.5 for _ in contested]
        with ThreadPoolExecutor(len(contested)) as pool:
            came_back |= dict(pool.map(click, windows[1:-1], contested, waits, comes_back))
        assert until(lambda: order_named(too_late).status == OrderStatus.CANCELLED, seconds=40)
        came_back[too_late] = pays(shut_page)
        assert until(lambda: nothing_is_due(db), seconds=40)
        print(how_close_it_was(stripe))  # noqa: T201
        return {public_id: bool(back) for public_id, back in came_back.items()}

    return play


@pytest.fixture
def wrongs(db, stripe, order_named):
    """What must not be, once all is over."""

    def look(paid):
        found = []
        for public_id, has_paid in paid.items():
            order, charges = order_named(public_id), charges_of(stripe, public_id)
            facts = (order.status, tickets_of(db, order), kept_of(charges))
            fair = (OrderStatus.CANCELLED, [], []), (OrderStatus.COMPLETED, ["sold"], [4725])
            if facts != fair[has_paid]:
                found.append(f"{public_id}, paid: {has_paid}, is {facts}")
            if has_paid and OrderStatus.CANCELLED in [each.to_status for each in order.timeline]:
                found.append(f"{public_id} had lost its tickets while its page could be paid")
        free = db.session.query(Ticket).filter_by(status=TicketStatus.AVAILABLE).count()
        if free != list(paid.values()).count(False):
            found.append(f"{free} tickets are free")
        return found

    return look


def test_who_pays_in_time_gets_the_tickets_and_who_does_not_is_not_charged(last_minute, wrongs):
    paid = last_minute()

    assert wrongs(paid) == []
    assert set(paid.values()) == {True, False}
    assert invariants.broken() == {}


def test_control_without_stripes_word_tickets_are_free_while_somebody_pays(last_minute, wrongs):
    paid = last_minute(guards_off="stripes_word")

    assert any("had lost its tickets" in wrong for wrong in wrongs(paid))


def how_close_it_was(stripe):
    """How often a page was paid, and how often it was when somebody was about to shut it."""
    statuses = [each["status"] for each in stripe.objects("checkout.session").values()]
    shutting = [call for call in stripe.requests() if call["path"].endswith("/expire")]
    refused = [call for call in shutting if call["status"] == 400]
    return f"{statuses.count('complete')} of {len(statuses)} paid, {len(refused)} at that moment"


def end_all_in(db, *, seconds):
    """Bring every deadline forward, without a word to the broker. When it is."""
    deadline = clock.now() + timedelta(seconds=seconds)
    with transaction():
        db.session.execute(update(Order).values(expires_at=deadline))
        held = update(Ticket).where(Ticket.status == TicketStatus.HELD)
        db.session.execute(held.values(held_until=deadline))
    return deadline


def nothing_is_due(db):
    """Whether every order is over and every webhook worked off."""
    db.session.rollback()
    unpaid = db.session.query(Order).filter(Order.status.in_(UNPAID)).count()
    told = db.session.query(StripeEvent).filter_by(status=InboxStatus.RECEIVED).count()
    return unpaid + told == 0


def tickets_of(db, order):
    return list(db.session.scalars(select(Ticket.status).where(Ticket.order_id == order.id)))


def kept_of(charges):
    """Of each payment that did not go back whole, what is left of it."""
    left = [charge["amount"] - charge["amount_refunded"] for charge in charges]
    return [cents for cents in left if cents]


# Many tabs of one checkout


@pytest.fixture
def many_tabs(open_shop, offer, buyer, cookies_of, stripe, db, order_named):
    """One buyer pays in many tabs at once. What the tabs were answered, and what must not be."""

    def play(**how):
        listing_id, mine = offer(tickets=ROUNDS).id, cookies_of(buyer)
        site = open_shop(**how)
        answers, wrongs = [], []
        for _ in range(ROUNDS):
            reserved = Window(site, mine, f"/listings/{listing_id}").reserves(listing_id)
            path = reserved.headers["Location"]
            tabs = open_windows(site, [mine] * TABS, path)
            stripe.fail("hang", method="POST", path=CREATE, seconds=0.3)
            pay = f"{path}/checkout"
            got = all_at_once([lambda tab=tab, pay=pay: tab.posts(pay) for tab in tabs])
            pages = [local(answer.headers["Location"]) for answer in got if is_to_stripe(answer)]
            backs = all_at_once([lambda page=page: pays(page) for page in pages])
            tabs[0].http.get(next(filter(None, backs)), timeout=30)
            answers += [answer.status_code for answer in got]
            wrongs += more_than_one(db, stripe, order_named(path.removeprefix("/orders/")))
        return answers, wrongs

    return play


def test_many_tabs_of_one_checkout_lead_to_one_page_and_one_charge(db, many_tabs):
    answers, wrongs = many_tabs()

    assert wrongs == []
    assert set(answers) <= {303, 409, 503}
    assert set(db.session.scalars(select(Order.status))) == {OrderStatus.COMPLETED}
    assert invariants.broken() == {}


def test_control_with_a_key_for_each_tab_a_buyer_pays_twice(many_tabs):
    _, wrongs = many_tabs(guards_off="one_page")

    assert any("charges" in wrong for wrong in wrongs)


def is_to_stripe(answer):
    return answer.status_code == 303 and "/c/pay/" in answer.headers["Location"]


def more_than_one(db, stripe, order):
    """Of what a checkout has one only, what this one has more of."""
    sessions = stripe.objects("checkout.session").values()
    of_order = select(CheckoutAttempt).where(CheckoutAttempt.order_id == order.id)
    numbers = {
        "pages": [each for each in sessions if each["client_reference_id"] == order.public_id],
        "attempts": db.session.scalars(of_order).all(),
        "charges": charges_of(stripe, order.public_id),
    }
    return [f"{len(found)} {what}" for what, found in numbers.items() if len(found) != 1]
