"""Who comes second, comes late or saw something older is told so, and nobody pays for nothing."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import HOLD_SECONDS
from tests.journeys.test_buying import enter_an_event, pay, reserve

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site"), pytest.mark.timeout(300)]

RESERVATIONS = re.compile(r"/reservations$")


def test_the_second_of_two_people_is_refused_with_a_409_and_stays_on_the_page(visitor):
    listing = enter_an_event(visitor("Gerd"), "Cellosonaten", seats="7")
    faster, slower = visitor("Hanna"), visitor("Iris")
    slower.page.goto(listing)
    reserve(faster, listing, quantity="1")
    with slower.page.expect_response(RESERVATIONS) as answer:
        slower.presses("Reserve")
    assert answer.value.status == 409
    slower.sees("Someone was faster.")
    slower.sees("Somebody has reserved these tickets until")
    expect(slower.page.get_by_role("heading", name="Cellosonaten")).to_be_visible()
    expect(slower.page.get_by_role("button", name="Reserve")).to_have_count(0)
    assert slower.page.url == listing


def test_reserving_in_two_tabs_is_one_order(visitor):
    listing = enter_an_event(visitor("Jutta"), "Doppelquartett", seats="7")
    buyer = visitor("Kurt")
    other = buyer.new_page()
    other.goto(listing)
    order = reserve(buyer, listing, quantity="1")
    other.get_by_role("button", name="Reserve").click()
    other.get_by_role("link", name="Go to your reservation").click()
    assert other.url == order
    other.goto("/orders")
    expect(other.get_by_role("link", name="Doppelquartett")).to_have_count(1)


def test_an_offer_that_changed_meanwhile_is_shown_before_it_can_be_reserved(visitor):
    seller, buyer = visitor("Lena"), visitor("Mats")
    listing = enter_an_event(seller, "Wandertheater", price="45")
    buyer.page.goto(listing)
    buyer.sees("€47.25")
    seller.page.goto(f"{listing}/edit")
    seller.fills(Price="60")
    seller.presses("Save changes")
    seller.sees("Your changes are saved.")
    buyer.page.get_by_label("Quantity").select_option("1")
    buyer.presses("Reserve")
    buyer.sees("The seller has just changed this offer.")
    buyer.sees("€63.00")
    buyer.presses("Reserve")
    buyer.sees("left to pay")

    seller.page.goto(f"{listing}/edit")
    seller.sees("Price and seats cannot be changed now")
    expect(seller.page.get_by_role("button", name="Withdraw")).to_be_disabled()


def test_a_payment_page_left_open_too_long_takes_no_money(visitor):
    listing = enter_an_event(visitor("Otmar"), "Zauderlied", seats="7")
    buyer, watcher = visitor("Paula"), visitor()
    watcher.page.goto(listing)
    watcher.page.get_by_role("link", name="All tickets for this event").click()
    order = reserve(buyer, listing, quantity="1")
    buyer.presses("Buy now and pay")
    buyer.page.wait_for_url(re.compile("/c/pay/"))
    watcher.sees("maybe free again in")

    choose = watcher.page.get_by_role("link", name="Choose")
    expect(choose).to_be_visible(timeout=(HOLD_SECONDS + 30) * 1000)
    pay(buyer)
    buyer.sees("This payment page is no longer valid")
    buyer.page.get_by_role("link", name="Back").click()
    buyer.page.wait_for_url(order)
    buyer.sees("The time to pay ran out. You were not charged.")
