"""Charts that follow what somebody types, and what works without a script."""

import re

import pytest
from playwright.sync_api import Page, expect

from app.listings import demo
from tests.support.browser import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

POPULAR = "Nachtzug Ensemble"
NEWS = re.compile(r"/events/nachtzug-[^?]*$")


def open_event(visitor: Visitor) -> Page:
    page = visitor.page
    page.goto("/events")
    page.get_by_role("link", name=POPULAR).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(POPULAR)
    return page


def test_the_histogram_and_the_sections_follow_the_filters_in_place(visitor):
    page = open_event(visitor())
    caption = page.locator("#offers figcaption")
    expect(caption).to_contain_text("tickets on sale")
    page.get_by_label("At most").fill("40")
    expect(caption).to_contain_text("cost at most €40.00")
    expect(page.locator("#offers .graph > g > .selected")).to_have_count(1)
    page.get_by_label("Section", exact=True).select_option("Standing")
    chosen = page.get_by_role("link", name=re.compile("^Standing"))
    expect(chosen).to_have_attribute("aria-current", "true")
    assert "most=40" in page.url


def test_a_bar_sets_the_limit_in_place_and_another_one_moves_it(visitor):
    page = open_event(visitor())
    page.evaluate("window.sameDocument = true")
    bars, limit = page.locator("#offers .graph a"), page.get_by_label("At most")
    bars.nth(3).click(position={"x": 3, "y": 3})
    expect(limit).not_to_have_value("")
    expect(page.get_by_role("link", name="Remove filter: Up to")).to_have_count(1)
    assert "most=" in page.url
    first = limit.input_value()
    bars.nth(6).click(position={"x": 3, "y": 3})
    expect(limit).not_to_have_value(first)
    expect(page).to_have_url(re.compile(r"\?most=" + limit.input_value()))
    assert page.evaluate("window.sameDocument")
    page.go_back()
    expect(page).to_have_url(re.compile("/events$"))


def test_figures_that_are_unfolded_stay_so_when_news_comes(visitor):
    page = open_event(visitor())
    figures = page.locator("#offers figure details")
    figures.get_by_text("All figures").click()
    expect(figures.get_by_role("table")).to_be_visible()
    with page.expect_response(NEWS):
        pass
    page.wait_for_timeout(300)
    expect(figures.get_by_role("table")).to_be_visible()


def test_a_bar_and_a_section_narrow_the_offers_also_without_javascript(visitor):
    page = open_event(visitor(java_script_enabled=False))
    page.locator("#offers .graph a").nth(3).click(position={"x": 3, "y": 3})
    expect(page.get_by_label("At most")).not_to_have_value("")
    expect(page.locator("#offers figcaption")).to_contain_text("cost at most")
    page.get_by_role("link", name=re.compile("^Standing")).click()
    expect(page.get_by_label("Section", exact=True)).to_have_value("Standing")


def test_the_needle_follows_the_price_that_a_seller_types(visitor):
    seller = visitor()
    page = open_event(seller)
    page.get_by_role("link", name="Sell yours").first.click()
    seller.signs_in("seller@example.org", demo.PASSWORD)
    caption = page.locator("#price-hint figcaption")
    expect(caption).to_contain_text("Other tickets for this event cost buyers")
    expect(page.locator("#price-hint circle")).to_have_count(0)
    price = page.get_by_label("Price", exact=True)
    price.press_sequentially("1")
    expect(caption).to_contain_text("None is cheaper than yours.")
    left = page.locator("#price-hint circle").get_attribute("cx")
    price.press_sequentially("00")
    expect(caption).to_contain_text("are cheaper than yours.")
    expect(page.locator("#price-hint circle")).not_to_have_attribute("cx", left or "")
    expect(page.locator("#price-hint [role=status]")).to_contain_text("You receive €100.00")
    expect(price).to_be_focused()
