"""Searching, reading on and going back."""

import re

import pytest
from playwright.sync_api import expect

from app.listings import demo
from tests.journeys.steps import cancel, enter_an_event
from tests.support.browser import PASSWORD, email_of

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def test_words_without_umlauts_find_the_event_while_they_are_typed(visitor):
    enter_an_event(visitor("Quirin"), "Größte Fährhausgala")
    page = visitor().page
    page.goto("/events")
    page.get_by_label("What").press_sequentially("grosste fahrhaus")
    expect(page.get_by_text("1 event", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Größte Fährhausgala")).to_be_visible()
    expect(page.get_by_label("What")).to_be_focused()


def test_the_address_keeps_in_step_with_the_search_and_says_nothing_about_empty_fields(visitor):
    page = visitor().page
    page.goto("/events")
    what = page.get_by_label("What")
    what.press_sequentially("nacht")
    expect(page).to_have_url(re.compile(r"/events\?q=nacht$"))
    page.get_by_label("Concert").check()
    expect(page).to_have_url(re.compile(r"/events\?q=nacht&category=concert$"))
    what.press("Control+a")
    what.press("Delete")
    expect(page).to_have_url(re.compile(r"/events\?category=concert$"))
    page.reload()
    expect(page.get_by_label("Concert")).to_be_checked()

    page.get_by_role("searchbox", name="Search events").press("Enter")
    expect(page).to_have_url(re.compile(r"/events$"))
    page.get_by_role("link", name="Nachtzug Ensemble").click()
    page.get_by_label("Quantity").select_option("2")
    expect(page).to_have_url(re.compile(r"/events/nachtzug[^?]*\?quantity=2$"))
    page.get_by_label("Quantity").select_option("Any")
    expect(page).to_have_url(re.compile(r"/events/nachtzug[^?]*$"))


def test_a_city_that_is_not_among_the_popular_ones_is_completed(visitor):
    enter_an_event(visitor("Zelda"), "Glasbläser", city="Zwiesel")
    page = visitor().page
    page.goto("/events")
    options = page.locator("datalist option")
    assert "Zwiesel" not in options.all_inner_texts()
    page.get_by_label("City").press_sequentially("zwi")
    expect(options).to_have_text(["Zwiesel"])
    assert page.url.endswith("/events"), "half a city is not looked for"
    page.get_by_label("City").fill("Zwiesel")
    page.get_by_label("City").press("Tab")
    expect(page.get_by_role("link", name="Glasbläser")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/events\?city=Zwiesel$"))


def test_more_events_are_added_below_and_the_first_of_them_takes_the_focus(visitor):
    page = visitor().page
    page.goto("/events")
    rows = page.locator("#events > .ticket")
    expect(rows).to_have_count(20)
    page.get_by_role("link", name="Show 20 more").dblclick()
    expect(rows).to_have_count(40)
    expect(rows.nth(20).get_by_role("link")).to_be_focused()
    expect(page).to_have_url(re.compile("/events$"))
    titles = rows.get_by_role("link").evaluate_all("links => links.map(link => link.href)")
    assert len(set(titles)) == 40


def test_more_listings_are_added_below_and_the_first_of_them_takes_the_focus(visitor):
    seller = visitor()
    page = seller.page
    page.goto("/selling")
    seller.signs_in("seller@example.org", demo.PASSWORD)
    rows = page.locator("#listings > .ticket")
    expect(rows).to_have_count(20)
    page.get_by_role("link", name="Show 20 more").press("Enter")
    expect(rows).to_have_count(40)
    expect(rows.nth(20).get_by_role("heading").get_by_role("link")).to_be_focused()
    page.get_by_role("link", name="Show 20 more").press("Enter")
    expect(rows).to_have_count(60)


@pytest.mark.parametrize("address", ["/events", "/selling"])
def test_without_javascript_the_next_rows_are_a_page(visitor, address):
    seller = visitor(java_script_enabled=False)
    page = seller.page
    page.goto("/selling")
    seller.signs_in("seller@example.org", demo.PASSWORD)
    page.goto(address)
    rows = page.locator("main ul > li:not(.more)")
    first = rows.first.inner_text()
    page.get_by_role("link", name="Show 20 more").click()
    page.wait_for_url(re.compile(r"\?after="))
    expect(page.get_by_role("banner")).to_be_visible()
    assert rows.first.inner_text() != first


def test_going_back_after_changes_in_place_shows_whole_pages(visitor):
    listing = enter_an_event(visitor("Tom"), "Wiederkehr")
    buyer = visitor("Ute")
    page = buyer.page
    page.goto("/events")
    page.get_by_label("What").fill("wiederkehr")
    expect(page).to_have_url(re.compile("q=wiederkehr"))
    page.get_by_role("link", name="Wiederkehr", exact=True).click()
    page.get_by_label("Quantity").select_option("2")
    expect(page).to_have_url(re.compile("quantity=2"))
    page.get_by_role("link", name="Choose").click()
    assert page.url.startswith(listing)
    buyer.presses("Reserve")
    page.wait_for_url(re.compile("/orders/"))
    cancel(buyer)
    page.get_by_role("link", name="Look at the offer again").click()
    for heard in ("This reservation has ended", "All tickets for this event", "See tickets"):
        page.go_back()
        buyer.sees(heard)
        expect(page.get_by_role("banner")).to_be_visible()
        expect(page.get_by_role("heading", name="Wiederkehr")).to_be_visible()
    assert page.get_by_label("Quantity").input_value() == "2"
    page.go_back()
    expect(page.get_by_role("banner")).to_be_visible()
    expect(page.get_by_text("1 event", exact=True)).to_be_visible()
    assert page.get_by_label("What").input_value() == "wiederkehr"


def test_a_new_password_ends_the_other_session(visitor):
    first, second = visitor("Pia"), visitor()
    second.page.goto("/signin")
    second.signs_in(email_of("Pia"))

    first.page.goto("/account")
    first.fills(Current_password=PASSWORD, New_password="amber-window-orchard")
    first.page.get_by_role("button", name=re.compile("password", re.I)).click()
    first.page.get_by_role("button", name="Sign out").first.wait_for()
    second.page.goto("/orders")
    second.page.wait_for_url(re.compile("/signin"))
