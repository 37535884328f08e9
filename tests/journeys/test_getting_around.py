"""Searching, going back, without JavaScript, and on the narrowest screens."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.test_buying import enter_an_event, pay, reserve

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site"), pytest.mark.timeout(300)]

NARROW = {"width": 320, "height": 640}


def test_words_without_umlauts_find_the_event_while_they_are_typed(visitor):
    enter_an_event(visitor("Quirin"), "Größte Fährhausgala")
    page = visitor().page
    page.goto("/events")
    page.get_by_label("What").press_sequentially("grosste fahrhaus")
    expect(page.get_by_text("1 event", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Größte Fährhausgala")).to_be_visible()
    expect(page.get_by_label("What")).to_be_focused()


def test_a_whole_purchase_that_begins_with_a_search_needs_no_javascript(visitor):
    listing = enter_an_event(visitor("Rudi", java_script_enabled=False), "Handpuppen")
    buyer = visitor("Sina", java_script_enabled=False)
    page = buyer.page
    page.goto("/events")
    page.get_by_label("What").fill("handpuppen")
    page.get_by_role("search").get_by_role("button", name="Search").last.click()
    page.get_by_role("link", name="Handpuppen", exact=True).click()
    page.get_by_label("Quantity").select_option("2")
    buyer.presses("Show")
    page.get_by_role("link", name="Choose").click()
    assert page.url.startswith(listing)
    buyer.presses("Reserve")
    page.wait_for_url(re.compile("/orders/"))
    buyer.sees("left to pay")
    buyer.presses("Buy now and pay")
    pay(buyer)
    buyer.sees("Paid. The tickets are yours.")


def test_going_back_after_changes_in_place_shows_whole_pages(visitor):
    listing = enter_an_event(visitor("Tom"), "Wiederkehr")
    buyer = visitor("Ute")
    page = buyer.page
    page.goto(listing)
    page.get_by_role("link", name="All tickets for this event").click()
    page.get_by_label("Quantity").select_option("2")
    page.wait_for_url(re.compile("quantity=2"))
    page.get_by_role("link", name="Choose").click()
    buyer.presses("Reserve")
    page.wait_for_url(re.compile("/orders/"))
    buyer.presses("Cancel reservation")
    buyer.sees("This reservation has ended")
    page.get_by_role("link", name="Look at the offer again").click()
    for heard in ("This reservation has ended", "All tickets for this event", "See tickets"):
        page.go_back()
        buyer.sees(heard)
        expect(page.get_by_role("banner")).to_be_visible()
        expect(page.get_by_role("heading", name="Wiederkehr")).to_be_visible()
    assert page.get_by_label("Quantity").input_value() == "2"


def test_no_page_of_a_trade_is_wider_than_a_small_phone(visitor):
    seller, buyer = visitor("Vera"), visitor("Wolfeschlegelsteinhausenberger")
    for somebody in (seller, buyer):
        somebody.page.set_viewport_size(NARROW)
    listing = enter_an_event(seller, "Donaudampfschifffahrtsgesellschaftsjubiläum")
    buyer.page.goto(listing)
    buyer.page.get_by_role("link", name="All tickets for this event").click()
    event = buyer.page.url
    for address in ("/", "/events?q=donaudampfschifffahrtsgesellschaftsjubiläum", event, listing):
        _fits(buyer, address)
    order = reserve(buyer, listing)
    for visitor_, address in (
        (buyer, order),
        (buyer, "/orders"),
        (buyer, "/account"),
        (seller, "/selling"),
        (seller, f"{listing}/edit"),
        (seller, f"/sell?event={event.rpartition('/')[2]}"),
        (seller, "/sell?new=yes"),
        (seller, "/no-such-page"),
    ):
        _fits(visitor_, address)
    buyer.page.goto(order)
    buyer.presses("Buy now and pay")
    pay(buyer)
    buyer.sees("Paid. The tickets are yours.")
    _fits(buyer, order)
    _fits(seller, "/selling")


def _fits(visitor, address):
    visitor.page.goto(address)
    width = visitor.page.evaluate("document.documentElement.scrollWidth")
    assert width <= NARROW["width"], f"{address} is {width} wide"
