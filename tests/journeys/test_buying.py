"""People sell, find, reserve and pay, in a real browser, on the whole site."""

import re

import pytest

from tests.journeys.steps import (
    DECLINED,
    GOOD,
    PAID,
    THREE_D_SECURE,
    arrive_at_the_order,
    enter_an_event,
    go_and_pay,
    offer,
    pay,
    reserve,
    submit,
    tab_to,
)
from tests.support.browser import email_of
from tests.support.season import SEASON

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

MATCH = "FC Bayern München - RB Leipzig"


@pytest.mark.parametrize("which", ["site", "hurried_site"])
def test_sell_find_reserve_pay_and_own_a_ticket_for_a_match(which, request, visitor):
    site = request.getfixturevalue(which)
    seller, buyer = visitor("Selma", to=site), visitor("Ben", to=site)
    if SEASON:
        seller.page.goto("/sell")
        seller.page.get_by_label("Which event").fill("munchen leipzig")
        seller.presses("Find event")
        seller.page.get_by_role("link", name=MATCH).click()
        offer(seller)
    else:
        enter_an_event(seller, MATCH)

    page = buyer.page
    page.goto("/")
    page.get_by_role("searchbox").fill("bayern leipzig")
    page.get_by_role("searchbox").press("Enter")
    page.get_by_role("link", name=MATCH).click()
    page.get_by_role("link", name="Choose").click()
    page.get_by_label("Quantity").select_option("2")
    buyer.presses("Reserve")
    arrive_at_the_order(buyer)
    pay(buyer)

    buyer.sees("4\N{EN DASH}5")
    buyer.sees("I send them by mail.")
    page.goto("/orders")
    buyer.sees(MATCH)
    seller.page.goto("/selling")
    seller.sees("€91.00")
    assert "invariants hold" in site.flask("check-invariants")


def test_a_declined_card_and_then_a_good_one(visitor):
    listing = enter_an_event(visitor("Dora"), "Kartenhaus")
    buyer = visitor("Dan")
    reserve(buyer, listing)
    go_and_pay(buyer)
    submit(buyer, DECLINED)
    buyer.sees("Your card was declined.")
    submit(buyer, GOOD)
    buyer.sees(PAID)


def test_three_d_secure_failed_and_then_completed(visitor):
    listing = enter_an_event(visitor("Theo"), "Doppelgänger")
    buyer = visitor("Tina")
    reserve(buyer, listing)
    go_and_pay(buyer)
    submit(buyer, THREE_D_SECURE)
    buyer.presses("Fail authentication")
    submit(buyer, THREE_D_SECURE)
    buyer.presses("Complete authentication")
    buyer.sees(PAID)


def test_a_purchase_needs_no_mouse(visitor):
    enter_an_event(visitor("Klara"), "Tastentanz")
    buyer = visitor("Kim")
    page, keys = buyer.page, buyer.page.keyboard
    page.goto("/")
    keys.press("Tab")
    keys.press("Enter")  # "Skip to content"
    tab_to(buyer, "searchbox", "Search events")
    keys.type("tastentanz")
    keys.press("Enter")
    tab_to(buyer, "link", "Tastentanz")
    keys.press("Enter")
    tab_to(buyer, "link", "Choose this offer")
    keys.press("Enter")
    tab_to(buyer, "combobox", "Quantity")
    keys.press("2")
    tab_to(buyer, "button", "Reserve")
    keys.press("Enter")
    arrive_at_the_order(buyer)
    tab_to(buyer, "button", "Buy now and pay")
    keys.press("Enter")
    tab_to(buyer, "textbox", "Card number")
    keys.type(GOOD)
    tab_to(buyer, "button", "Pay")
    keys.press("Enter")
    buyer.sees(PAID)


@pytest.mark.parametrize(("language", "title"), [("en", "Handpuppen"), ("de", "Schattenspiel")])
def test_everything_up_to_the_paid_ticket_works_without_javascript(visitor, language, title):
    enter_an_event(visitor(f"Jana{language}", java_script_enabled=False), title)
    buyer = visitor(f"Jens{language}", java_script_enabled=False, language=language)
    page = buyer.page
    page.goto("/events")
    assert page.locator("html").get_attribute("lang") == language
    buyer.fills(What=title)
    page.get_by_role("main").get_by_role("button", name=buyer.said("Search")).click()
    assert page.url.endswith(f"/events?q={title}")
    page.get_by_role("link", name=title, exact=True).click()
    buyer.chooses("Quantity", "2")
    buyer.presses("Show")
    assert page.url.endswith("?quantity=2")
    buyer.follows("Choose")
    buyer.presses("Reserve")
    arrive_at_the_order(buyer)
    pay(buyer)


def test_signing_up_on_the_way_keeps_the_chosen_quantity(visitor):
    listing = enter_an_event(visitor("Nora"), "Neuland", seats="1-3")
    newcomer = visitor()
    choose_two_signed_out(newcomer, listing)
    newcomer.page.get_by_role("main").get_by_role("link", name="Sign up").click()
    newcomer.signs_up_here("Neo")
    reserve_the_two(newcomer, listing)


def test_signing_in_on_the_way_keeps_the_chosen_quantity(visitor):
    listing = enter_an_event(visitor("Nils"), "Altland", seats="1-3")
    visitor("Nina")
    signed_out = visitor()
    choose_two_signed_out(signed_out, listing)
    signed_out.signs_in(email_of("Nina"))
    reserve_the_two(signed_out, listing)


def choose_two_signed_out(buyer, listing):
    buyer.page.goto(listing)
    buyer.page.get_by_label("Quantity").select_option("2")
    buyer.presses("Reserve")
    buyer.page.wait_for_url(re.compile("/signin"))


def reserve_the_two(buyer, listing):
    assert buyer.page.url.startswith(listing)
    assert buyer.page.get_by_label("Quantity").input_value() == "2"
    buyer.presses("Reserve")
    arrive_at_the_order(buyer)
    buyer.sees("2 tickets")
