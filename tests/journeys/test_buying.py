"""People sell, find, reserve and pay, in a real browser, on the whole site."""

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import HOLD_SECONDS

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site"), pytest.mark.timeout(300)]


def pay(visitor, card="4242424242424242"):
    """On the payment page: submit this card."""
    visitor.page.wait_for_url(re.compile("/c/pay/"))
    visitor.fills(Card_number=card)
    visitor.presses("Pay")


def enter_an_event(visitor, title, *, seats="4-5", price="45,50"):
    """Sell tickets for an event that the site does not know yet. The listing's address."""
    page = visitor.page
    page.goto("/sell?new=1")
    starts_at = (datetime.now() + timedelta(days=40)).strftime("%Y-%m-%dT20:00")  # noqa: DTZ005
    visitor.fills(Event=title, Starts=starts_at, Venue="Lichthof", City="Leipzig")
    page.get_by_label("Category").select_option("concert")
    page.get_by_label("Country").select_option("DE")
    return offer(visitor, seats=seats, price=price)


def offer(visitor, *, seats="4-5", price="45,50"):
    page = visitor.page
    page.get_by_label("Seats").fill(seats)
    page.get_by_label("Section").fill("G")
    page.get_by_label("Price", exact=True).fill(price)
    page.get_by_label("Notes for the buyer").fill("I send them by mail.")
    visitor.presses("Publish")
    page.wait_for_url(re.compile(r"/listings/\d+$"))
    return page.url


def reserve(visitor, listing, quantity="2"):
    """The order's address."""
    visitor.page.goto(listing)
    visitor.page.get_by_label("Quantity").select_option(quantity)
    visitor.presses("Reserve")
    visitor.page.wait_for_url(re.compile("/orders/"))
    return visitor.page.url


@pytest.mark.parametrize("which", ["site", "site_on_postgresql"])
def test_sell_find_reserve_pay_and_own_a_ticket_for_a_match(which, request, visitor):
    site = request.getfixturevalue(which)
    seller = visitor(f"Selma{which[-3:]}", to=site)
    if site.has_the_season:
        seller.page.goto("/sell")
        seller.page.get_by_role("searchbox").last.fill("munchen leipzig")
        seller.page.get_by_role("searchbox").last.press("Enter")
        seller.page.get_by_role("link", name=re.compile("FC Bayern München - RB Leipzig")).click()
        offer(seller)
        words, title = "bayern leipzig", "FC Bayern München - RB Leipzig"
    else:
        enter_an_event(seller, "FC Bayern München - RB Leipzig")
        words, title = "bayern leipzig", "FC Bayern München - RB Leipzig"

    buyer = visitor(f"Ben{which[-3:]}", to=site)
    page = buyer.page
    page.goto("/")
    page.get_by_role("searchbox").first.fill(words)
    page.get_by_role("searchbox").first.press("Enter")
    page.get_by_role("link", name=re.compile(title)).first.click()
    page.get_by_role("link", name=re.compile("Choose")).first.click()
    page.get_by_label("Quantity").select_option("2")
    buyer.presses("Reserve")
    buyer.sees("left to pay")
    buyer.presses("Buy now and pay")
    pay(buyer)

    page.wait_for_url(re.compile("/orders/[^/]+$"))
    buyer.sees("Paid. The tickets are yours.")
    buyer.sees("4, 5")
    buyer.sees("I send them by mail.")
    page.goto("/orders")
    buyer.sees(title)

    seller.page.goto("/selling")
    seller.sees("€91.00")
    assert "invariants hold" in site.flask("check-invariants")


def test_a_declined_card_and_then_a_good_one(visitor):
    listing = enter_an_event(visitor("Dora"), "Kartenhaus")
    buyer = visitor("Dan")
    reserve(buyer, listing)
    buyer.presses("Buy now and pay")
    pay(buyer, card="4000000000000002")
    buyer.sees("Your card was declined.")
    pay(buyer)
    buyer.sees("Paid. The tickets are yours.")


def test_three_d_secure_failed_and_then_completed(visitor):
    listing = enter_an_event(visitor("Theo"), "Doppelgänger")
    buyer = visitor("Tina")
    reserve(buyer, listing)
    buyer.presses("Buy now and pay")
    pay(buyer, card="4000002760003184")
    buyer.presses("Fail authentication")
    pay(buyer, card="4000002760003184")
    buyer.presses("Complete authentication")
    buyer.sees("Paid. The tickets are yours.")


def test_a_reservation_runs_out_by_itself_and_the_tickets_are_on_sale_again(visitor):
    listing = enter_an_event(visitor("Rolf"), "Sanduhr")
    buyer = visitor("Rita")
    reserve(buyer, listing)
    rival = visitor("Ralf")
    rival.page.goto(listing)
    rival.sees("Reserved")
    ended = buyer.page.get_by_text("This reservation has ended")
    expect(ended).to_be_visible(timeout=(HOLD_SECONDS + 20) * 1000)
    buyer.sees("You were not charged.")
    reserve(rival, listing)
    rival.sees("left to pay")


def test_cancelling_before_and_after_the_payment_page(visitor):
    listing = enter_an_event(visitor("Cora"), "Rückzug")
    buyer = visitor("Carl")
    reserve(buyer, listing)
    buyer.presses("Cancel reservation")
    buyer.sees("This reservation has ended")

    order = reserve(buyer, listing)
    buyer.presses("Buy now and pay")
    buyer.page.wait_for_url(re.compile("/c/pay/"))
    payment_page = buyer.page.url
    buyer.page.goto(order)
    buyer.presses("Cancel reservation")
    buyer.sees("This reservation has ended")
    buyer.page.goto(payment_page)
    buyer.sees("no longer valid")


def test_two_people_want_the_last_tickets(visitor):
    listing = enter_an_event(visitor("Emil"), "Goldrausch")
    faster, slower = visitor("Fred"), visitor("Susi")
    slower.page.goto(listing)
    reserve(faster, listing)
    slower.page.get_by_label("Quantity").select_option("2")
    slower.presses("Reserve")
    expect(
        slower.page.get_by_text(re.compile("Someone was faster|are reserved")).first
    ).to_be_visible()
    assert slower.page.url == listing, "said in place"


def test_two_tabs_of_one_checkout_are_one_payment(visitor):
    listing = enter_an_event(visitor("Olga"), "Zwillinge")
    buyer = visitor("Otto")
    order = reserve(buyer, listing)
    other = buyer.new_page()
    other.goto(order)
    buyer.presses("Buy now and pay")
    buyer.page.wait_for_url(re.compile("/c/pay/"))
    other.get_by_role("button", name="Buy now and pay").click()
    other.wait_for_url(re.compile("/c/pay/"))
    assert other.url == buyer.page.url
    pay(buyer)
    buyer.sees("Paid. The tickets are yours.")
    other.reload()
    expect(other.get_by_text("already paid")).to_be_visible()


def test_signing_up_on_the_way_keeps_the_chosen_quantity(visitor):
    listing = enter_an_event(visitor("Nora"), "Neuland", seats="1-3")
    newcomer = visitor()
    page = newcomer.page
    page.goto(listing)
    page.get_by_label("Quantity").select_option("2")
    newcomer.presses("Reserve")
    page.wait_for_url(re.compile("/signin"))
    page.locator("main").get_by_role("link", name="Sign up").click()
    newcomer.fills(
        Email="newcomer@example.org", Display_name="Neo", Password="violet-harbour-lantern"
    )
    newcomer.presses("Sign up")
    page.wait_for_url(re.compile(r"/listings/\d+"))
    assert page.get_by_label("Quantity").input_value() == "2"


def test_without_javascript_everything_up_to_the_paid_ticket_works(visitor):
    listing = enter_an_event(visitor("Jana", java_script_enabled=False), "Schlicht")
    buyer = visitor("Jens", java_script_enabled=False)
    reserve(buyer, listing)
    buyer.presses("Buy now and pay")
    pay(buyer)
    buyer.sees("Paid. The tickets are yours.")


def test_going_back_shows_whole_pages(visitor):
    guest = visitor()
    page = guest.page
    page.goto("/")
    page.goto("/events")
    page.get_by_label("What").fill("nachtzug")
    page.wait_for_url(re.compile("q=nachtzug"))
    page.get_by_role("link", name=re.compile("Nachtzug")).first.click()
    page.wait_for_url(re.compile("/events/nachtzug"))
    page.go_back()
    expect(page.get_by_role("banner")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("Nachtzug")).first).to_be_visible()
    page.go_back()
    expect(page.get_by_role("banner")).to_be_visible()


def test_a_new_password_ends_the_other_session(visitor, browser, site):
    first = visitor("Pia")
    second = visitor()
    second.page.goto("/signin")
    second.fills(Email="pia@example.org", Password="violet-harbour-lantern")
    second.presses("Sign in")
    second.page.get_by_role("button", name="Sign out").first.wait_for()

    first.page.goto("/account")
    first.fills(Current_password="violet-harbour-lantern", New_password="amber-window-orchard")
    first.page.get_by_role("button", name=re.compile("password", re.I)).click()
    first.page.get_by_role("button", name="Sign out").first.wait_for()
    second.page.goto("/orders")
    second.page.wait_for_url(re.compile("/signin"))


@pytest.mark.parametrize("address", ["/", "/events", "/sell", "/signup", "/signin"])
def test_nothing_is_wider_than_a_small_phone(visitor, address):
    guest = visitor(viewport={"width": 320, "height": 640})
    guest.page.goto(address)
    assert guest.page.evaluate("document.documentElement.scrollWidth") <= 320
