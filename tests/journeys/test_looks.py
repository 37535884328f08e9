"""What only a browser knows: where things stand on the screen, and where the focus is."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.steps import (
    enter_an_event,
    hear_no_news,
    look_at_all_offers,
    pay,
    reserve,
)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

PHONE, DESK = {"width": 390, "height": 740}, {"width": 1280, "height": 800}


def test_price_and_button_are_in_sight_on_a_phone_and_beside_the_ticket_on_a_desk(visitor):
    listing = enter_an_event(visitor("Berta"), "Augenweide")
    buyer = visitor("Bodo")
    page = buyer.page
    event = look_at_all_offers(buyer, listing)
    page.set_viewport_size(PHONE)

    def in_sight(*things: Locator) -> None:
        for thing in things:
            expect(thing).to_be_in_viewport(ratio=1)

    page.goto(event)
    dock = page.get_by_role("complementary", name="Tickets")
    in_sight(dock.get_by_text("from €47.78"), dock.get_by_role("link", name="See tickets"))
    page.goto(listing)
    deal = page.get_by_role("complementary")
    in_sight(deal.get_by_text("€47.78"), deal.get_by_role("button", name="Reserve"))
    page.set_viewport_size(DESK)
    in_sight(deal.get_by_role("button", name="Reserve"))
    assert _is_beside(deal, page.locator(".ticket"))

    page.set_viewport_size(PHONE)
    buyer.presses("Reserve")
    in_sight(deal.get_by_role("button", name="Buy now and pay"))
    in_sight(deal.get_by_text("left to pay").first, deal.get_by_text("€47.78"))
    page.set_viewport_size(DESK)
    assert _is_beside(deal, page.locator(".ticket"))


def test_after_cancelling_the_focus_is_on_what_became_of_it(visitor):
    listing = enter_an_event(visitor("Clara"), "Brennglas")
    buyer = visitor("Curt")
    reserve(buyer, listing)
    buyer.page.get_by_role("button", name="Cancel reservation").press("Enter")
    buyer.page.get_by_role("button", name="Cancel it now").press("Enter")
    buyer.sees("This reservation has ended")
    expect(buyer.page.locator(":focus")).to_contain_text("This reservation has ended")


def test_whoever_is_refused_has_the_focus_on_why_and_news_leaves_it_there(visitor):
    listing = enter_an_event(visitor("Dorit"), "Scheinwerfer")
    faster, slower = visitor("Detlef"), visitor("Dina")
    page = slower.page
    hear_no_news(page)
    page.goto(listing)
    reserve(faster, listing)
    page.get_by_role("button", name="Reserve").press("Enter")
    expect(page.locator(":focus")).to_contain_text("Someone was faster.")
    page.get_by_text("What the price is made of").click()
    page.locator(".notice").focus()
    pay(faster)
    page.unroute_all()
    expect(page.get_by_text("Someone was faster.")).to_have_count(0, timeout=15_000)
    expect(page.locator(":focus")).to_contain_text("All tickets of this offer are sold.")
    expect(page.get_by_text("You pay for each ticket")).to_be_visible()


def test_the_number_of_events_is_changed_where_it_is_so_that_it_is_read_out(visitor):
    page = visitor().page
    page.goto("/events")
    count = page.get_by_role("status").filter(has_text="event").element_handle()
    page.get_by_label("What").press_sequentially("nachtzug")
    expect(page.get_by_text("1 event", exact=True)).to_be_visible()
    assert count.inner_text() == "1 event"


def test_a_clock_follows_the_deadline_that_news_brings(visitor):
    listing = enter_an_event(visitor("Edda"), "Stundenglas")
    page = visitor("Egon").page
    reserve_by = visitor("Erik")
    reserve(reserve_by, listing)
    page.goto(listing)
    clock = page.locator("[data-expires-at]")
    clock.evaluate(
        """(element) => {
            const now = new Date();
            element.dataset.serverNow = now.toISOString();
            element.dataset.expiresAt = new Date(now.getTime() + 7_000_000).toISOString();
        }"""
    )
    expect(clock).to_have_text(re.compile("^116:"))


def _is_beside(thing: Locator, other: Locator) -> bool:
    ends_at = other.evaluate("element => element.getBoundingClientRect().right")
    return thing.evaluate("element => element.getBoundingClientRect().left") >= ends_at  # type: ignore[no-any-return]
