"""What people do again and again on their way: sell, reserve, pay."""

import re
from datetime import datetime, timedelta

from playwright.sync_api import Page

from tests.support.browser import Visitor
from tests.support.keyboard import press_tab

GOOD, DECLINED, THREE_D_SECURE = "4242424242424242", "4000000000000002", "4000002760003184"
PAID = "Paid. The tickets are yours."
PAYMENT_PAGE = re.compile("/c/pay/")


def enter_an_event(
    visitor: Visitor, title: str, *, city: str = "Leipzig", seats: str = "4-5", price: str = "45,50"
) -> str:
    """Sell tickets for an event that the site does not know yet. The listing's address."""
    fill_in_an_event(visitor, title, city=city)
    return offer(visitor, seats=seats, price=price)


def fill_in_an_event(visitor: Visitor, title: str, *, city: str = "Leipzig") -> None:
    page = visitor.page
    page.goto("/sell?new=1")
    starts_at = (datetime.now() + timedelta(days=40)).strftime("%Y-%m-%dT20:00")  # noqa: DTZ005
    # A hall of its own: two events in one hall at the same time would be taken for one.
    visitor.fills(Event=title, Starts=starts_at, Venue=f"Halle {title}"[:40], City=city)
    page.get_by_label("Category").select_option("concert")
    page.get_by_label("Country").select_option("DE")


def offer(visitor: Visitor, *, seats: str = "4-5", price: str = "45,50") -> str:
    """Fill in what is sold and publish it. The listing's address."""
    fill_in_tickets(visitor, seats=seats, price=price)
    visitor.presses("Publish")
    visitor.page.wait_for_url(re.compile(r"/listings/\d+$"))
    return visitor.page.url


def fill_in_tickets(visitor: Visitor, *, seats: str = "4-5", price: str = "45,50") -> None:
    page = visitor.page
    says_who_sells(visitor)
    page.get_by_label("Seats").fill(seats)
    page.get_by_label("Section").fill("G")
    page.get_by_label("Price", exact=True).fill(price)
    page.get_by_label("Notes for the buyer").fill("I send them by mail.")


def says_who_sells(visitor: Visitor) -> None:
    """Only asked of somebody who has offered nothing yet."""
    for box in visitor.page.get_by_label("I sell privately, not as a trade").all():
        box.check()


def look_at_all_offers(visitor: Visitor, listing: str) -> str:
    """Go from the listing to its event. The event's address."""
    visitor.page.goto(listing)
    visitor.page.get_by_role("link", name="All tickets for this event").click()
    visitor.page.wait_for_url(re.compile("/events/"))
    return visitor.page.url


def reserve(visitor: Visitor, listing: str, quantity: str = "2") -> str:
    """The order's address."""
    visitor.page.goto(listing)
    visitor.page.get_by_label("Quantity").select_option(quantity)
    visitor.presses("Reserve")
    return arrive_at_the_order(visitor)


def arrive_at_the_order(visitor: Visitor) -> str:
    """After reserving. The order's address."""
    visitor.page.wait_for_url(re.compile("/orders/"))
    visitor.page.get_by_role("timer").first.wait_for()
    return visitor.page.url


def go_and_pay(visitor: Visitor) -> str:
    """From the order to the payment page. Its address."""
    visitor.presses("Buy now and pay")
    visitor.page.wait_for_url(PAYMENT_PAGE)
    return visitor.page.url


def submit(visitor: Visitor, card: str) -> None:
    """On the payment page."""
    visitor.page.wait_for_url(PAYMENT_PAGE)
    visitor.fills(Card_number=card)
    visitor.page.get_by_role("button", name="Pay", exact=True).click()


def cancel(visitor: Visitor) -> None:
    """On the order's page."""
    visitor.presses("Cancel reservation")
    visitor.presses("Cancel it now")
    visitor.sees("This reservation has ended")


def pay(visitor: Visitor) -> None:
    """From the order to the paid tickets."""
    go_and_pay(visitor)
    submit(visitor, GOOD)
    visitor.sees(PAID)


def hear_no_news(page: Page) -> None:
    """The page of a listing stays as it came, as it does for some seconds."""
    page.route(re.compile(r"[?&]seen="), lambda route: route.fulfill(status=304))


def tab_to(visitor: Visitor, role: str, name: str) -> None:
    """Press the tab key until this has the focus. On the way one sees where one is."""
    wanted = visitor.page.get_by_role(role, name=name, exact=True)  # type: ignore[arg-type]
    wanted.wait_for()
    last = None
    for _ in range(60):
        stop = press_tab(visitor.page)
        # A date has several stops, the last of which is a button of the browser's own.
        assert stop.trouble is None or stop.number == last, stop.trouble
        last = stop.number
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"the tab key does not come to the {role} “{name}”")
