"""Taking an event along: the address for others, the file for a calendar, the ticket on paper."""

import re

import pytest
from icalendar import Calendar
from playwright.sync_api import expect

from tests.journeys.steps import enter_an_event, look_at_all_offers, pay, reserve

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

A4 = {"width": 718, "height": 1047}  # without its margins


@pytest.mark.parametrize("javascript", [True, False])
def test_the_address_of_an_event_is_there_to_be_copied(visitor, javascript):
    page = visitor(java_script_enabled=javascript).page
    page.goto("/events?q=nachtzug")
    page.get_by_role("link", name="Nachtzug Ensemble").click()
    page.wait_for_url(re.compile("/events/"))
    address = page.get_by_label("Address of this event")
    expect(address).to_be_hidden()
    page.get_by_role("button", name="Share", exact=True).click()
    expect(address).to_be_focused()
    expect(address).to_have_value(page.url)
    mail = page.get_by_role("link", name="Send by email").get_attribute("href")
    assert mail.startswith("mailto:?subject=Nachtzug%20Ensemble&body=http")
    page.get_by_role("button", name="Close").click()
    expect(address).to_be_hidden()


def test_where_the_system_can_share_it_does(visitor):
    page = visitor().page
    page.add_init_script("navigator.share = async (what) => { window.shared = what.url; }")
    page.goto("/events?q=nachtzug")
    page.get_by_role("link", name="Nachtzug Ensemble").click()
    page.wait_for_url(re.compile("/events/"))
    page.get_by_role("button", name="Share", exact=True).click()
    page.wait_for_function("window.shared")
    assert page.evaluate("window.shared") == page.url
    expect(page.get_by_label("Address of this event")).to_be_hidden()


def test_an_order_is_printed_as_a_ticket_on_one_page(visitor):
    listing = enter_an_event(visitor("Paula"), "Druckwerk")
    buyer = visitor("Peer")
    page = buyer.page
    order = reserve(buyer, listing)
    pay(buyer)
    with page.expect_download() as download:
        page.get_by_role("link", name="Add to calendar").click()
    [entry] = Calendar.from_ical(download.value.path().read_bytes()).walk("VEVENT")
    assert entry["SUMMARY"] == "Druckwerk"

    pages = re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))
    assert len(pages) == 1
    page.set_viewport_size(A4)
    page.emulate_media(media="print", color_scheme="dark")
    number = order.rpartition("/")[2]
    for text in ("Druckwerk", "20:00", "Halle Druckwerk, Leipzig", "4–5", number):  # noqa: RUF001
        expect(page.get_by_text(text).first).to_be_visible()
    expect(page.get_by_text("I send them by mail.")).to_be_visible()
    for role in ("banner", "contentinfo", "button", "link"):
        for thing in page.get_by_role(role).all():
            expect(thing).to_be_hidden()
    expect(page.get_by_text("What happened so far")).to_be_hidden()
    colours = page.evaluate(
        """[...document.querySelectorAll("main *")].filter((each) => each.checkVisibility())
            .map((each) => getComputedStyle(each))
            .flatMap((style) => [style.color, style.backgroundColor])"""
    )
    assert set(colours) <= {"rgb(0, 0, 0)", "rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"}


def test_the_file_for_a_calendar_is_for_everybody(visitor):
    guest = visitor()
    listing = enter_an_event(visitor("Pina"), "Kalenderblatt")
    look_at_all_offers(guest, listing)
    with guest.page.expect_download() as download:
        guest.page.get_by_role("link", name="Add to calendar").click()
    assert download.value.suggested_filename.startswith("kalenderblatt-leipzig-")
    assert download.value.suggested_filename.endswith(".ics")
