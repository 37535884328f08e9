"""The marketplaces that the pages are looked at in: a full one, one of extremes, an empty one.

Each name that is given here with `called` may stand in an address of every_page.py.
"""

from collections.abc import Callable

from app.catalog import scheduling
from app.catalog.models import Category
from app.catalog.paging import Position, cursor
from app.db import lock, transaction
from app.listings import browsing, demo, offering
from app.listings.models import SplitRule
from app.orders import cancellation, expiry, fulfilment
from app.orders.models import Actor, Order, OrderStatus
from app.orders.transitions import note
from app.payments import demo_sales
from tests.pages.marketplace import NO_PASSWORD, Marketplace
from tests.pages.names import LONGER_WORDS, WORDS

# What the operator of the full one has said.
OPERATOR = {
    "CONTACT_EMAIL": "hello@example.org",
    "OPERATOR_NAME": "Konzertfreunde Leipzig e. V.",
    "OPERATOR_ADDRESS": "Karl-Heine-Straße 50; 04229 Leipzig; Germany",
    "OPERATOR_REPRESENTED_BY": "Ada Beispiel",
    "OPERATOR_PHONE": "+49 341 5550123",
    "OPERATOR_REGISTER": "Amtsgericht Leipzig, VR 1234",
    "OPERATOR_VAT_ID": "DE123456789",
    "OPERATOR_AUTHORITY": "Stadt Leipzig, Ordnungsamt",
    "OPERATOR_EDITOR": "Ada Beispiel, Karl-Heine-Straße 50, 04229 Leipzig",
    "PRIVACY_CONTACT": "privacy@example.org",
    "DATA_PROCESSORS": "Beispiel Hosting GmbH, Leipzig",
    "DISPUTE_BODY": "Universalschlichtungsstelle des Bundes, Kehl",
    "ACCESSIBILITY_AUTHORITY": "Marktüberwachungsstelle der Länder, Magdeburg",
}
HOLD_MINUTES = 15
TOO_LATE_MINUTES = HOLD_MINUTES - 0.6


def full(market: Marketplace) -> None:
    """Many events and offers, and one thing in each state."""
    market.person("newcomer")
    with market.at(days=3), transaction():
        demo_sales.remember_sales(demo.open_marketplace(NO_PASSWORD), NO_PASSWORD)
    _events(market)
    _listings(market)
    _orders(market)
    _history(market)
    _what_changes(market)
    _webhooks(market)


def extreme(market: Marketplace) -> None:
    """Few things, with the longest names there may be."""
    for called, title, place, section, seats in (
        ("words", WORDS, LONGER_WORDS, "Obergeschosslogenplatzbereiche", "BALKONPLATZ"),
        ("letters", "W" * 120, "W" * 80, "W" * 40, "W" * 11),
    ):
        for who in ("seller", "buyer"):
            market.person(f"{who}_of_{called}", shown=(title * 2)[:60])
        market.trade(
            f"seller_of_{called}",
            business_name=(title * 3)[:120],
            address="\n".join([place] * 3),
            register=(title * 3)[:120],
        )
        event = market.event(title, called=f"{called}_event", venue=place, city=place)
        terms = {
            "seller": f"seller_of_{called}",
            "section": section,
            "notes": f"{WORDS}\n{title}",
            "handover_notes": f"{title}\n{WORDS}",
            "face_value_cents": 9_999_00,
            "price_cents": 9_999_00,
        }
        for row, state in enumerate(("listing", "held", "sold")):
            listing = market.offer(
                event,
                called=f"{called}_{state}",
                seats=[f"{seats}{number}" for number in range(1, 5)],
                row=f"{row}{section}"[:40],
                **terms,
            )
            if state == "held":
                market.order(
                    listing, called=f"{called}_order", buyer=f"buyer_of_{called}", quantity=4
                )
            if state == "sold":
                market.paid(
                    listing, called=f"{called}_paid", buyer=f"buyer_of_{called}", quantity=4
                )
        market.endpoint(
            f"buyer_of_{called}",
            called=f"{called}_webhook",
            url=f"https://example.org/{title.replace(' ', '')}",
        )


def empty(market: Marketplace) -> None:
    """Nothing but somebody who has just signed up."""
    market.person("newcomer")


SETTINGS: dict[str, dict[str, str]] = {"full": OPERATOR, "extreme": {}, "empty": {}}
FILL: dict[str, Callable[[Marketplace], None]] = {"full": full, "extreme": extreme, "empty": empty}


def _events(market: Marketplace) -> None:
    """Events in each state, some with offers."""
    many = market.event("Nachtmahr", called="many", days=20)
    for number in range(26):
        market.offer(
            many,
            seats=[str(seat) for seat in range(1, number % 4 + 2)],
            section="ABCDEF"[number % 6],
            row=str(number + 1),
            price_cents=3100 + 350 * (number * 7 % 26),
            face_value_cents=5500 if number % 3 else None,
            seller=("seller", "rival")[number % 2],
        )
    market.names["after_some"] = str(browsing.offers_of(many.id).next_cursor)
    market.names["after_the_last"] = cursor("soonest", Position(many.starts_at, many.id))
    few = market.event("Kammerspiel", called="few", category=Category.THEATRE)
    market.offer(few, called="one_ticket", seats=["12"], section="Parkett", row="3")
    market.offer(few, seats=["1", "2"], section="Rang", row="1", price_cents=6200)

    market.event("Leerer Saal", called="without_offers")
    market.event("Ohne Uhrzeit", called="without_time", time_announced=False)
    taken = market.event("Vergriffen", called="all_taken")
    market.order(market.offer(taken), buyer="holder", quantity=2)
    sold_out = market.event("Ausverkauft", called="sold_out")
    market.paid(market.offer(sold_out), buyer="collector", quantity=2)

    postponed = market.event("Verschoben", called="postponed")
    market.offer(postponed)
    with transaction():
        postponed.status = "postponed"

    with market.at(days=40):
        over = market.event("Vorbei", called="over", days=-10)
        leftover = market.offer(over, called="listing_over", quantity=4)
        market.paid(leftover, called="order_past", buyer="collector", quantity=2)
    cancelled = market.event("Abgesagt", called="cancelled")
    offer = market.offer(cancelled, called="listing_cancelled", quantity=4)
    market.paid(offer, called="order_event_cancelled", buyer="collector")
    with transaction():
        scheduling.cancel(cancelled)


def _listings(market: Marketplace) -> None:
    """One event with an offer in each state."""
    event = market.event("Zustände", called="states", days=45, doors_at=None)
    offer = market.offer
    offer(
        event,
        called="on_sale",
        section="G",
        row="12",
        face_value_cents=4000,
        notes="Behind a pillar.",
        handover_notes="I send them by mail.",
    )
    offer(event, called="eight", section="H", row="1", seats=[str(n) for n in range(1, 9)])
    offer(event, called="together", quantity=4, section="Standing", split_rule=SplitRule.TOGETHER)
    market.order(offer(event, called="held", row="2"), buyer="holder", quantity=2)
    market.order(offer(event, called="partly_held", row="3"), buyer="holder")
    checked = market.order(offer(event, called="checked", row="4"), buyer="payer", quantity=2)
    market.becomes(checked, fulfilment.payment_is_on_its_way)
    market.paid(offer(event, called="sold", row="5"), buyer="collector", quantity=2)
    market.paid(offer(event, called="partly_sold", row="6"), buyer="collector")
    withdrawn = offer(event, called="withdrawn", row="7")
    with transaction():
        offering.withdraw(withdrawn.id, withdrawn.seller_id, withdrawn.version)


def _orders(market: Marketplace) -> None:
    """Orders of one event in each state, none of anybody with more than four unpaid."""
    event = market.event("Bestellungen", called="orders_event", days=12)
    listing = market.offer(
        event, called="ordered", quantity=50, section="Standing", handover_notes="Gate 3, at 19:00."
    )
    with market.at(days=2):
        market.order(listing, called="order_expired")
    with market.at(days=1):
        expiry.end_overdue()
    with market.at(minutes=TOO_LATE_MINUTES):
        market.order(listing, called="order_too_late")
    with market.at(minutes=HOLD_MINUTES + 1):
        market.order(listing, called="order_run_out")
    market.order(listing, called="order_unpaid", quantity=2)
    processing = market.order(listing, called="order_processing")
    market.becomes(processing, fulfilment.payment_is_on_its_way)

    closing = market.order(listing, called="order_closing", buyer="payer")
    market.starts_checkout(closing)
    _cancel(closing)
    unknown = market.order(listing, called="order_unknown", buyer="payer")
    market.starts_checkout(unknown)
    market.becomes(unknown, fulfilment.payment_is_unknown)
    incident = market.order(listing, called="order_incident", buyer="payer")
    market.becomes(incident, fulfilment.flag, "session cs_1 is for another order")

    cancelled = market.order(listing, called="order_cancelled", buyer="collector")
    _cancel(cancelled)
    returned = market.order(listing, called="order_returned", buyer="collector")
    _cancel(returned)
    market.becomes(returned, note, OrderStatus.CANCELLED, actor=Actor.STRIPE, reason="late_payment")
    market.paid(listing, called="order_paid", buyer="collector")
    market.paid(listing, called="order_eight", buyer="collector", quantity=8)
    refunded = market.paid(listing, called="order_refunded", buyer="collector")
    market.becomes(refunded, fulfilment.refund, actor=Actor.OPERATOR, reason="requested")
    for _ in range(22):
        market.paid(listing, buyer="collector")


def _history(market: Marketplace) -> None:
    """An event whose tickets a trade has sold for a month, at changing prices."""
    event = market.event("Dauerbrenner", called="with_history", days=25)
    with market.at(days=40):
        market.trade("trader")
    for days in range(30, 0, -2):
        with market.at(days=days):
            listing = market.offer(
                event,
                seller="trader",
                section="AB"[days % 4 // 2],
                row=str(days),
                price_cents=4000 + 300 * (days * 5 % 11),
            )
            market.paid(listing, called="order_of_a_trade", buyer="collector", quantity=2)
    for number in range(12):
        market.offer(
            event,
            called="of_a_trade",
            seller="trader",
            section="ABC"[number % 3],
            row=str(number + 40),
            price_cents=3900 + 450 * (number * 5 % 12),
        )


def _what_changes(market: Marketplace) -> None:
    """What changes.py changes, for each change something of its own."""
    event = market.event("Wandelbar", called="changing", days=50)
    market.offer(event, called="watched", row="1")
    market.offer(event, called="wanted_by_two", row="2")
    market.offer(event, called="focused", row="5")
    held = market.offer(event, called="held_for_a_while", row="3")
    market.order(held, called="order_to_give_back", buyer="giver", quantity=2)
    listing = market.offer(event, called="to_reserve", row="4", quantity=8)
    market.order(listing, called="order_to_cancel", buyer="canceller")
    market.order(listing, called="order_to_watch", buyer="canceller")


def _webhooks(market: Marketplace) -> None:
    """Endpoints that are on and off, and what was sent to one of them."""
    listing = market.offer(market.event("Weitergesagt", days=55), quantity=20)
    market.endpoint("programmer", called="webhook")
    market.endpoint("programmer", called="webhook_off", url="https://example.org/b")
    for number in range(12):
        market.paid(listing, buyer="programmer")
        market.sends(status_code=(204, 500)[number % 3 == 2])
    market.sends(trouble="timeout")
    market.switches_off("webhook_off")
    market.endpoint("programmer", called="webhook_new", url="https://example.org/c")


def _cancel(order: Order) -> None:
    with transaction():
        cancellation.cancel(lock(Order, order.id).id, actor=Actor.BUYER, reason="buyer")
