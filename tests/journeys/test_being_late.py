"""Who comes second, comes late or saw something older is told so, and nobody pays for nothing."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import SHORT_HOLD_SECONDS
from tests.journeys.steps import (
    GOOD,
    PAID,
    arrive_at_the_order,
    cancel,
    enter_an_event,
    go_and_pay,
    hear_no_news,
    look_at_all_offers,
    pay,
    reserve,
    submit,
)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

RESERVATIONS = re.compile(r"/reservations$")
UNTIL_IT_RUNS_OUT = (SHORT_HOLD_SECONDS + 30) * 1000


def test_a_reservation_runs_out_by_itself_and_the_tickets_are_on_sale_again(hurried_site, visitor):
    listing = enter_an_event(visitor("Rolf", to=hurried_site), "Sanduhr")
    buyer, rival = visitor("Rita", to=hurried_site), visitor("Ralf", to=hurried_site)
    reserve(buyer, listing)
    rival.page.goto(listing)
    rival.sees("Somebody has reserved these tickets until")
    ended = buyer.page.get_by_text("This reservation has ended")
    expect(ended).to_be_visible(timeout=UNTIL_IT_RUNS_OUT)
    buyer.sees("You were not charged.")
    reserve(rival, listing)


def test_a_payment_page_left_open_too_long_takes_no_money(hurried_site, visitor):
    listing = enter_an_event(visitor("Otmar", to=hurried_site), "Zauderlied", seats="7")
    buyer, watcher = visitor("Paula", to=hurried_site), visitor(to=hurried_site)
    look_at_all_offers(watcher, listing)
    order = reserve(buyer, listing, quantity="1")
    go_and_pay(buyer)
    watcher.sees("maybe free again in")

    choose = watcher.page.get_by_role("link", name="Choose")
    expect(choose).to_be_visible(timeout=UNTIL_IT_RUNS_OUT)
    submit(buyer, GOOD)
    buyer.sees("This payment page is no longer valid")
    buyer.page.get_by_role("link", name="Back").click()
    buyer.page.wait_for_url(order)
    buyer.sees("The time to pay ran out. You were not charged.")


def test_cancelling_before_and_after_the_payment_page(visitor):
    listing = enter_an_event(visitor("Cora"), "Rückzug")
    buyer = visitor("Carl")
    reserve(buyer, listing)
    cancel(buyer)

    order = reserve(buyer, listing)
    payment_page = go_and_pay(buyer)
    buyer.page.goto(order)
    cancel(buyer)
    buyer.page.goto(payment_page)
    buyer.sees("no longer valid")


def test_the_second_of_two_people_is_refused_with_a_409_and_stays_on_the_page(visitor):
    listing = enter_an_event(visitor("Gerd"), "Cellosonaten", seats="7")
    faster, slower = visitor("Hanna"), visitor("Iris")
    hear_no_news(slower.page)
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


@pytest.mark.parametrize(
    ("name", "title", "java_script_enabled"),
    [("Dirk", "Paukenschlag", True), ("Doris", "Trommelwirbel", False)],
)
def test_a_double_click_on_reserve_makes_one_order(visitor, name, title, java_script_enabled):
    listing = enter_an_event(visitor(f"{name}seller"), title, seats="1-4")
    buyer = visitor(name, java_script_enabled=java_script_enabled)
    buyer.page.goto(listing)
    buyer.page.get_by_label("Quantity").select_option("1")
    buyer.page.get_by_role("button", name="Reserve").dblclick()
    buyer.page.wait_for_url(lambda url: url != listing)
    buyer.page.goto("/orders")
    expect(buyer.page.get_by_role("link", name=title)).to_have_count(1)
    buyer.page.goto(listing)
    buyer.sees("3 tickets left")


def test_reserving_in_two_tabs_is_one_order(visitor):
    listing = enter_an_event(visitor("Jutta"), "Doppelquartett", seats="7")
    buyer = visitor("Kurt")
    other = buyer.new_page()
    hear_no_news(other)
    other.goto(listing)
    order = reserve(buyer, listing, quantity="1")
    other.get_by_role("button", name="Reserve").click()
    other.get_by_role("link", name="Go to your reservation").click()
    assert other.url == order
    other.goto("/orders")
    expect(other.get_by_role("link", name="Doppelquartett")).to_have_count(1)


def test_two_tabs_of_one_checkout_are_one_payment(visitor):
    listing = enter_an_event(visitor("Olga"), "Zwillinge")
    buyer = visitor("Otto")
    order = reserve(buyer, listing)
    other = buyer.new_page()
    other.goto(order)
    payment_page = go_and_pay(buyer)
    other.get_by_role("button", name="Buy now and pay").click()
    other.wait_for_url(payment_page)
    submit(buyer, GOOD)
    buyer.sees(PAID)
    other.reload()
    expect(other.get_by_text("already paid")).to_be_visible()


def test_an_offer_that_changed_meanwhile_is_shown_before_it_can_be_reserved(visitor):
    seller, buyer = visitor("Lena"), visitor("Mats")
    listing = enter_an_event(seller, "Wandertheater", price="45")
    hear_no_news(buyer.page)
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
    arrive_at_the_order(buyer)


def test_while_a_buyer_pays_the_seller_reads_why_nothing_can_be_changed_and_until_when(visitor):
    seller, buyer = visitor("Frida"), visitor("Fritz")
    listing = enter_an_event(seller, "Stillstand", price="45")
    seller.page.goto(f"{listing}/edit")
    reserve(buyer, listing, quantity="1")
    until = re.search(r"yours until (\d\d:\d\d)", buyer.page.inner_text("main"))
    assert until

    seller.fills(Price="60")
    seller.presses("Save changes")
    seller.sees("Nothing was changed")
    refusal = seller.page.get_by_role("alert")
    expect(refusal).to_contain_text(until[1])
    expect(seller.page.get_by_label("Price", exact=True)).to_be_disabled()
    expect(seller.page.get_by_role("button", name="Withdraw")).to_be_disabled()

    seller.page.goto(f"{listing}/edit")
    seller.sees("Price and seats cannot be changed now")
    seller.sees(until[1])
    pay(buyer)
    seller.page.reload()
    expect(seller.page.get_by_label("Price", exact=True)).to_be_enabled()
