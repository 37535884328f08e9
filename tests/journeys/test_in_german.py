"""The way to a ticket for somebody who reads German."""

import re

import pytest

from tests.journeys.steps import (
    GOOD,
    PAYMENT_PAGE,
    enter_an_event,
    look_at_all_offers,
    reserve,
)
from tests.pages.measures import sticks_out
from tests.support.browser import PASSWORD, email_of
from tests.support.languages import said

NARROW = 320
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def test_from_the_event_to_the_paid_ticket_on_a_narrow_phone(visitor):
    seller = visitor("Gesa")
    buyer = visitor(language="de", viewport={"width": NARROW, "height": 640})
    page = buyer.page
    page.goto(look_at_all_offers(seller, enter_an_event(seller, "Großes Glück")))
    page.locator(".ticket a.button").first.click()
    choose_two(buyer)
    page.get_by_role("main").get_by_role("link", name="Registriere dich").click()
    sign_up(buyer, "Gero")
    choose_two(buyer)

    page.wait_for_url(re.compile("/orders/"))
    buyer.sees("Zeit zum Bezahlen")
    assert not sticks_out(buyer.page, NARROW)
    buyer.presses("Zahlungspflichtig bestellen")
    page.wait_for_url(PAYMENT_PAGE)
    # The simulator's own page is in English.
    page.get_by_label("Card number").fill(GOOD)
    page.get_by_role("button", name="Pay", exact=True).click()
    buyer.sees("Bezahlt. Die Tickets gehören dir.")
    assert not sticks_out(buyer.page, NARROW)
    page.goto("/orders")
    buyer.sees("Bevorstehend")
    assert not sticks_out(buyer.page, NARROW)


def choose_two(buyer):
    buyer.page.get_by_label("Anzahl").select_option("2")
    assert not sticks_out(buyer.page, NARROW)
    buyer.presses("Reservieren")


def sign_up(buyer, name):
    fields = {"E-Mail": email_of(name), "Angezeigter Name": name, "Passwort": PASSWORD}
    buyer.fills(**fields)
    assert not sticks_out(buyer.page, NARROW)
    buyer.presses("Registrieren")


def test_the_script_speaks_german_too(visitor):
    listing = enter_an_event(visitor("Gitta"), "Glockenspiel")
    buyer = visitor("Gunda")
    page = buyer.page
    order = reserve(buyer, listing)
    page.clock.install()
    page.goto(f"{order}?lang=de")
    page.route("**/orders/*", lambda route: route.fulfill(status=204))  # no news that replaces it
    page.clock.fast_forward("05:01")
    buyer.sees("Noch 10 Minuten Zeit zum Bezahlen")
    page.clock.fast_forward("09:00")
    buyer.sees("Noch 1 Minute Zeit zum Bezahlen")

    cancellation = re.compile("/cancellation$")
    page.route(cancellation, lambda route: route.fulfill(status=500, headers={"X-Request-ID": "7"}))
    tries_to_cancel(buyer)
    buyer.sees("Bei uns ist etwas kaputtgegangen. Kennung: 7")
    page.route(cancellation, lambda route: route.abort())
    tries_to_cancel(buyer)
    buyer.sees("Keine Antwort. Prüfe deine Verbindung")
    buyer.complaints.clear()  # Chromium's, about the two answers that were spoiled


def tries_to_cancel(buyer):
    buyer.presses("Stornieren")
    buyer.presses(said("Cancel it now", "de"))
