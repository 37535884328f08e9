"""Entering what is sold: names that each page has once, and what Enter does."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.steps import enter_an_event, fill_in_an_event, fill_in_tickets

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

DEAL = ("Quantity", "Price")


def test_each_page_has_its_fields_and_buttons_once_under_their_names(visitor):
    seller, guest = visitor("Namir"), visitor()
    listing = enter_an_event(seller, "Namensfest", seats="4-5")
    for somebody, address, fields, buttons in (
        (guest, "/signup", ("Email", "Password", "Display name"), ("Sign up", "Search")),
        (guest, "/signin", ("Email", "Password"), ("Sign in", "Search")),
        (guest, "/events", (), ("Search",)),
        (guest, listing, ("Quantity",), ("Reserve",)),
        (seller, "/account", (), ("Sign out", "Search")),
        (seller, "/sell?new=yes", ("Event", *DEAL), ("Publish", "Sign out")),
        (seller, f"{listing}/edit", DEAL, ("Save changes", "Withdraw", "Search")),
    ):
        page = somebody.page
        page.goto(address)
        for name in fields:
            expect(page.get_by_label(name, exact=True), f"{name} on {address}").to_have_count(1)
        for name in buttons:
            button = page.get_by_role("button", name=name, exact=True)
            expect(button, f"{name} on {address}").to_have_count(1)
        link = page.get_by_role("link", name="Sell tickets", exact=True)
        expect(link, f"on {address}").to_have_count(1)


@pytest.mark.parametrize("scripts", [True, False])
def test_enter_publishes_also_when_a_likely_duplicate_is_shown(visitor, scripts):
    title = "Hafenlichter" if scripts else "Stummfilm"
    enter_an_event(visitor(f"Edgar{scripts}"), title)
    other = visitor(f"Enno{scripts}", java_script_enabled=scripts)
    page = other.page
    fill_in_an_event(other, title)
    fill_in_tickets(other)
    other.presses("Publish")
    expect(page.get_by_role("button", name="Use this one")).to_be_in_viewport()

    page.get_by_label("Price", exact=True).fill("52")
    page.get_by_label("Price", exact=True).press("Enter")
    expect(page.get_by_role("button", name="Use this one")).to_be_in_viewport()
    expect(page.get_by_label("Price", exact=True)).to_have_value("52")
    expect(page.get_by_label("Event", exact=True)).to_have_value(title)

    page.get_by_role("button", name=re.compile("^Use this one")).click()
    expect(page.get_by_label("Seats", exact=True)).to_have_value("4-5")
    page.get_by_label("Price", exact=True).press("Enter")
    other.sees("Your tickets are on sale.")
