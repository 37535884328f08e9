"""What changes in place: filters, news, checks, questions, and what is said when nothing works."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.steps import (
    arrive_at_the_order,
    enter_an_event,
    look_at_all_offers,
    offer,
    reserve,
)
from tests.support.browser import email_of

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

POLL_MILLISECONDS = 10_000
COUNT_STAMPS = """window.landed = 0;
    addEventListener("animationstart", (event) => (landed += event.animationName === "stamp"))"""


def asks_again(page: Page, address: str) -> int:
    """Let time pass until the page asks for news. The status of the answer."""
    with page.expect_response(lambda answer: address in answer.url) as news:
        page.clock.fast_forward(POLL_MILLISECONDS)
    return news.value.status


def is_hidden(page: Page, hidden: bool) -> None:
    """Put another tab before this one, or take it away."""
    page.evaluate(
        """hidden => {
            Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )


# Filters


def test_a_chip_takes_its_filter_off_the_form_the_list_and_the_address(visitor):
    page = visitor().page
    page.goto("/")
    page.goto("/events?q=nachtzug&category=concert")
    page.get_by_role("link", name="Remove filter: “nachtzug”").press("Enter")
    expect(page).to_have_url(re.compile(r"/events\?category=concert$"))
    expect(page.get_by_label("What")).to_have_value("")
    expect(page.get_by_role("radio", name="Concert")).to_be_checked()
    expect(page.get_by_role("status").filter(has_text="events")).to_be_focused()
    expect(page.get_by_role("link", name="Remove filter")).to_have_count(1)
    page.go_back()
    expect(page).to_have_url(re.compile(r"/$"))


def test_a_filter_behind_an_anchor_is_taken_back_with_its_address(visitor):
    page = visitor().page
    page.goto("/events?q=nachtzug")
    page.get_by_role("link", name="Nachtzug Ensemble").click()
    page.get_by_role("link", name=re.compile("See tickets")).first.click()
    quantity = page.get_by_label("Quantity")
    quantity.select_option("2")
    expect(page).to_have_url(re.compile(r"\?quantity=2$"))
    for there, chosen, chips in (("go_back", "", 0), ("go_forward", "2", 1)):
        getattr(page, there)()
        expect(quantity).to_have_value(chosen)
        expect(page.get_by_role("link", name="Remove filter")).to_have_count(chips)
    page.get_by_role("link", name="Remove filter: 2 tickets").click()
    expect(page).to_have_url(re.compile(r"/events/nachtzug[^?]*$"))
    expect(quantity).to_have_value("")


# News


def test_the_offers_of_an_event_grow_in_place_and_all_of_them_go_on_asking(visitor):
    page = visitor().page
    page.clock.install()
    page.goto("/events?q=nachtzug")
    page.get_by_role("link", name="Nachtzug Ensemble").click()
    offers = page.locator("#offers .ticket")
    expect(offers).to_have_count(20)
    page.get_by_role("link", name="Show 20 more").press("Enter")
    expect(offers.nth(20).get_by_role("link", name="Choose")).to_be_focused()
    grown = offers.count()
    assert asks_again(page, "?show=40") == 304
    expect(offers).to_have_count(grown)
    expect(page).to_have_url(re.compile(r"/events/nachtzug[^?]*$"))


def test_a_page_that_nobody_sees_does_not_ask_and_catches_up_when_it_is_seen(visitor):
    seller = visitor("Hilde")
    listing = enter_an_event(seller, "Hinterzimmer", seats="4-5")
    slug = look_at_all_offers(seller, listing).rpartition("/")[2]
    page = visitor().page
    page.clock.install()
    page.goto(f"/events/{slug}")
    assert asks_again(page, slug) == 304

    asked = []
    page.on("request", lambda request: asked.append(request.url))
    is_hidden(page, True)
    page.clock.fast_forward(3 * POLL_MILLISECONDS)
    reserve(visitor("Heiner"), listing)
    assert asked == []
    is_hidden(page, False)
    expect(page.locator("#offers .stamp")).to_be_visible()
    assert len(asked) == 1
    assert asks_again(page, slug) == 304


def test_a_stamp_lands_once_when_somebody_else_reserves_and_is_read_out(visitor):
    seller = visitor("Stina")
    listing = enter_an_event(seller, "Stempelkissen", seats="4-5")
    slug = look_at_all_offers(seller, listing).rpartition("/")[2]
    seller.page.goto(f"/sell?event={slug}")
    other = offer(seller, seats="8-9")

    page = visitor(language="de").page
    page.clock.install()
    page.emulate_media(reduced_motion="no-preference")
    page.goto(f"/events/{slug}")
    page.evaluate(COUNT_STAMPS)
    said = page.get_by_role("status").filter(has_text="Angebot")
    expect(said).to_have_text("2 Angebote")
    assert asks_again(page, slug) == 304

    reserve(visitor("Sven"), listing)
    assert asks_again(page, slug) == 200
    expect(said).to_have_text(re.compile("1 Angebot.*Block G, Plätze 4\N{EN DASH}5: Reserviert"))
    assert asks_again(page, slug) == 304
    reserve(visitor("Sylvia"), other)
    assert asks_again(page, slug) == 200
    expect(said).to_have_text(re.compile("Keine Angebote.*Plätze 8\N{EN DASH}9: Reserviert$"))
    stamps = page.locator("#offers .stamp")
    expect(stamps).to_have_count(2)
    assert page.evaluate("landed") == 2
    assert stamps.first.evaluate("stamp => getComputedStyle(stamp).rotate") == "-4deg"


def test_who_looks_at_an_offer_sees_that_it_is_taken_or_changed(visitor):
    seller = visitor("Uwe")
    listing = enter_an_event(seller, "Schaufenster", seats="1-3", price="45")
    page = visitor().page
    page.clock.install()
    page.goto(listing)
    page.get_by_label("Quantity").select_option("3")
    seller.page.goto(f"{listing}/edit")
    seller.fills(Price="60")
    seller.presses("Save changes")
    seller.sees("Your changes are saved.")

    path = listing.rpartition("/")[2]
    assert asks_again(page, f"/listings/{path}") == 200
    expect(page.get_by_role("status").filter(has_text="has just changed")).to_be_visible()
    expect(page.get_by_text("€63.00").first).to_be_visible()
    expect(page.get_by_label("Quantity")).to_have_value("3")
    assert asks_again(page, f"/listings/{path}") == 304
    reserve(visitor("Ulf"), listing, quantity="3")
    assert asks_again(page, f"/listings/{path}") == 200
    expect(page.get_by_role("status").filter(has_text="Somebody has reserved")).to_be_visible()
    expect(page.get_by_role("button", name="Reserve")).to_have_count(0)


def test_news_for_somebody_who_is_signed_out_is_the_page_to_sign_in_and_back(visitor):
    listing = enter_an_event(visitor("Wanda"), "Wechselbad")
    buyer = visitor("Wim")
    buyer.page.clock.install()
    order = reserve(buyer, listing)
    other = buyer.new_page()
    other.goto("/account")
    other.get_by_role("button", name="Sign out").click()
    other.wait_for_url(re.compile("/$"))
    buyer.page.clock.fast_forward(POLL_MILLISECONDS)
    buyer.page.wait_for_url(re.compile("/signin"))
    buyer.signs_in(email_of("Wim"))
    assert buyer.page.url == order


# Checks


def test_what_is_wrong_with_a_ticket_is_said_when_one_leaves_the_field_and_not_before(visitor):
    page = visitor("Xaver").page
    page.goto("/sell?new=yes")
    price = page.get_by_label("Price", exact=True)
    price.press_sequentially("0,1")
    with page.expect_response(re.compile("/sell/price")):
        price.press_sequentially("0")
    expect(page.locator(".error")).to_have_count(0)
    page.keyboard.press("Tab")
    page.keyboard.type("5")
    expect(price).to_have_attribute("aria-invalid", "true")
    expect(price).to_have_accessible_description(re.compile("at least €0.50"))
    expect(page.get_by_label("Printed on the ticket")).to_be_focused()
    expect(page.get_by_label("Printed on the ticket")).to_have_value("5")

    price.fill("45")
    page.get_by_label("Seats").fill("4-6")
    page.get_by_label("Quantity").fill("2")
    page.keyboard.press("Tab")
    expect(page.get_by_text("You named 3 seats but 2 tickets.")).to_be_visible()
    expect(price).not_to_have_attribute("aria-invalid", "true")
    page.get_by_label("Starts").fill("2020-01-01T20:00")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_text("The event must lie ahead.")).to_be_visible()


def test_what_is_wrong_with_a_whole_form_takes_the_focus(visitor):
    seller = visitor("Yuna")
    page = seller.page
    page.goto("/sell?new=yes")
    page.locator("form[action='/sell']").evaluate("form => (form.noValidate = true)")
    seller.presses("Publish")
    summary = page.locator(":focus")
    expect(summary).to_contain_text("Please check these details")
    summary.get_by_role("link", name=re.compile("Price")).press("Enter")
    expect(page.get_by_label("Price", exact=True)).to_be_focused()


# Questions


@pytest.mark.parametrize("scripts", [True, False])
def test_before_an_offer_is_withdrawn_its_seller_is_asked(visitor, scripts):
    seller = visitor(f"Zita{scripts}", java_script_enabled=scripts)
    listing = enter_an_event(seller, "Rücknahme" if scripts else "Umkehr")
    page = seller.page
    warnings = []
    page.on("console", lambda said: said.type == "warning" and warnings.append(said.text))
    question = page.get_by_role("dialog", name="Withdraw this offer?")
    for address in (listing, f"{listing}/edit", "/selling"):
        page.goto(address)
        withdraw = page.get_by_role("button", name="Withdraw", exact=True)
        withdraw.press("Enter")
        expect(question).to_be_visible()
        expect(question.get_by_role("button", name="Keep it")).to_be_focused()
        page.keyboard.press("Escape")
        expect(question).to_be_hidden()
        expect(withdraw).to_be_focused()
    withdraw.press("Enter")
    question.get_by_role("button", name="Withdraw for good").click()
    seller.sees("Your offer is withdrawn.")
    assert not (warnings and scripts)


def test_a_question_that_news_has_settled_goes_and_the_focus_stays_on_the_page(visitor):
    seller = visitor("Ada")
    listing = enter_an_event(seller, "Zwischenfrage")
    page = seller.page
    page.clock.install()
    page.goto(listing)
    page.get_by_role("button", name="Withdraw").press("Enter")
    path = listing.rpartition("/")[2]
    assert asks_again(page, f"/listings/{path}") == 304
    expect(page.get_by_role("dialog")).to_be_visible()
    reserve(visitor("Arne"), listing)
    assert asks_again(page, f"/listings/{path}") == 200
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(f"#offer-{path}")).to_be_focused()


# Trouble


def test_without_an_answer_the_page_says_so_until_there_is_one(visitor):
    listing = enter_an_event(visitor("Bela"), "Funkloch")
    buyer = visitor("Bente")
    page = buyer.page
    page.goto(listing)
    trouble = page.locator("#trouble")
    reserve_button = page.get_by_role("button", name="Reserve")
    page.route("**/reservations", lambda route: route.abort())
    reserve_button.press("Enter")
    for place in (page.locator(".toast"), trouble):
        expect(place).to_have_text("No answer. Check your connection and try again.")
    expect(reserve_button).to_be_enabled()
    expect(reserve_button).to_be_focused()

    page.unroute("**/reservations")
    failing = {"status": 500, "headers": {"X-Request-ID": "abc123"}, "body": "<p>broken</p>"}
    page.route("**/reservations", lambda route: route.fulfill(**failing))
    reserve_button.press("Enter")
    expect(trouble).to_have_text("Something broke on our side. Reference: abc123")
    expect(page.locator(".toast").last).to_have_text(re.compile("abc123"))
    expect(page.get_by_text("broken", exact=True)).to_have_count(0)

    page.unroute("**/reservations")
    reserve_button.press("Enter")
    arrive_at_the_order(buyer)
    expect(trouble).to_be_hidden()
    buyer.complaints.clear()  # what failed was meant to


def test_news_that_does_not_come_is_mentioned_once(visitor):
    watcher = visitor()
    page = watcher.page
    page.clock.install()
    page.goto("/events?q=nachtzug")
    page.get_by_role("link", name="Nachtzug Ensemble").click()
    page.get_by_label("Quantity").focus()
    page.route("**/events/**", lambda route: route.abort())
    trouble = page.locator("#trouble")
    page.clock.fast_forward(POLL_MILLISECONDS)
    expect(trouble).to_have_text("No connection. What you see may be out of date.")
    expect(page.locator(".toast")).to_have_count(1)
    with page.expect_request("**/events/**"):
        page.clock.fast_forward(POLL_MILLISECONDS)
    expect(page.locator(".toast")).to_have_count(0)
    page.unroute("**/events/**")
    page.clock.fast_forward(POLL_MILLISECONDS)
    expect(trouble).to_be_hidden()
    expect(page.get_by_label("Quantity")).to_be_focused()
    watcher.complaints.clear()  # what failed was meant to


def test_an_unanswered_question_about_cancelling_can_be_asked_again(visitor):
    listing = enter_an_event(visitor("Cleo"), "Rückfrage")
    buyer = visitor("Cem")
    page = buyer.page
    reserve(buyer, listing)
    cancel = page.get_by_role("button", name="Cancel reservation")
    page.route("**/cancellation", lambda route: route.abort())
    cancel.press("Enter")
    buyer.presses("Cancel it now")
    expect(page.locator("#trouble")).to_be_visible()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(cancel).to_be_focused()
    page.unroute("**/cancellation")
    cancel.press("Enter")
    buyer.presses("Cancel it now")
    buyer.sees("This reservation has ended")
    buyer.complaints.clear()  # what failed was meant to
