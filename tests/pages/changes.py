"""What changes on a page without a new one coming, each with how it is brought about.

Each request of htmx stands here, and a test fails until it does. What others do meanwhile is done
without a browser. Names in braces are those of states.py.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from tests.pages.client import Client

POLL_MILLISECONDS = 10_000
PHONE = {"width": 390, "height": 740}

Does = Callable[[Tab, Client], None]


@dataclass(frozen=True)
class Change:
    """`does` brings it about and waits for it. `focus` has the focus afterwards.

    `asks` is the endpoint that htmx asks for it; None if it is the page alone that changes.
    """

    name: str
    path: str
    does: Does
    focus: str
    asks: str | None
    who: str | None = None


def types_what_is_found(tab: Tab, _client: Client) -> None:
    tab.locator("#q").press_sequentially("nachtmahr")
    expect(tab.locator("#events > li")).to_have_count(1)


def types_what_is_not_found(tab: Tab, _client: Client) -> None:
    tab.locator("#q").press_sequentially("nothing is called so")
    expect(tab.locator("#results .empty")).to_be_visible()


def chooses_a_category(tab: Tab, _client: Client) -> None:
    tab.locator("[name=category][value=theatre]").check()
    expect(tab.locator("#results .removable")).to_have_count(1)


def takes_a_filter_off(tab: Tab, _client: Client) -> None:
    tab.locator("main .removable").first.press("Enter")
    expect(tab.locator("main .removable")).to_have_count(1)


def types_half_a_city(tab: Tab, _client: Client) -> None:
    tab.locator("#city").press_sequentially("lei")
    expect(tab.locator("datalist option")).to_have_count(1)


def gets_no_answer(tab: Tab, _client: Client) -> None:
    tab.route("**/events?*", lambda route: route.abort())
    tab.locator("#q").press_sequentially("n")
    expect(tab.locator(".toast")).to_be_visible()


def gets_more(rows: str) -> Does:
    def does(tab: Tab, _client: Client) -> None:
        tab.locator(f"{rows} .more a").press("Enter")
        expect(tab.locator(f"{rows} > li").nth(21)).to_be_attached()

    return does


def filters_offers(tab: Tab, _client: Client) -> None:
    tab.locator("#quantity").focus()
    tab.locator("#quantity").select_option("2")
    expect(tab).to_have_url(re.compile(r"\?quantity=2$"))


def clicks_a_bar(tab: Tab, _client: Client) -> None:
    tab.locator("#offers .graph a").nth(2).click(position={"x": 3, "y": 3})
    expect(tab.locator("main .removable")).to_have_count(1)
    expect(tab).to_have_url(re.compile(r"\?most=[\d.]+$"))


def finds_no_offer(tab: Tab, _client: Client) -> None:
    tab.locator("#quantity").focus()
    tab.locator("#quantity").select_option("8")
    expect(tab.locator("#offers .empty")).to_be_visible()


def gets_more_offers(tab: Tab, _client: Client) -> None:
    tab.locator("#more-offers").press("Enter")
    expect(tab.locator("#offers .ticket").nth(21)).to_be_attached()


def sees_an_offer_being_taken(listing: str, focus: str) -> Does:
    def does(tab: Tab, client: Client) -> None:
        tab.locator(focus.format(**names(client))).focus()
        reserves(client, listing)
        tab.clock.fast_forward(POLL_MILLISECONDS)
        expect(tab.locator(f"#listing-{listing}.held".format(**names(client)))).to_be_visible()

    return does


def is_refused(tab: Tab, client: Client) -> None:
    reserves(client, "{wanted_by_two}")
    tab.locator(".reserve .button").press("Enter")
    expect(tab.locator(".notice")).to_be_visible()


def sees_an_offer_come_back(tab: Tab, client: Client) -> None:
    tab.locator("main summary").press("Enter")
    cancels(client, "{order_to_give_back}", "giver")
    tab.clock.fast_forward(POLL_MILLISECONDS)
    expect(tab.locator(".reserve")).to_be_visible()


def cancels_an_order(tab: Tab, _client: Client) -> None:
    tab.locator("[commandfor^=cancel-]").first.press("Enter")
    tab.locator("dialog[open] form button").press("Enter")
    expect(tab.locator(".ticket.cancelled")).to_be_visible()


def sees_an_order_end(tab: Tab, client: Client) -> None:
    tab.locator("[id^=pay-]").focus()
    cancels(client, "{order_to_watch}", "canceller")
    tab.clock.fast_forward(POLL_MILLISECONDS)
    expect(tab.locator(".ticket.cancelled")).to_be_visible()


def types_a_price(tab: Tab, _client: Client) -> None:
    tab.locator("#price").press_sequentially("45")
    expect(tab.locator("#price-hint strong")).to_have_count(2)


def types_an_address_that_is_none(tab: Tab, _client: Client) -> None:
    tab.locator("#email").press_sequentially("nobody")
    tab.keyboard.press("Tab")
    expect(tab.locator("#email-error")).to_be_visible()


def types_seats_that_are_none(tab: Tab, _client: Client) -> None:
    tab.locator("#seats").press_sequentially("7-4")
    tab.keyboard.press("Tab")
    expect(tab.locator("#seats-error")).to_be_visible()


def opens_the_menu(tab: Tab, _client: Client) -> None:
    tab.set_viewport_size(PHONE)  # type: ignore[arg-type]
    tab.locator(".menu-button").press("Enter")
    expect(tab.locator("#menu")).to_be_visible()


def is_asked(tab: Tab, _client: Client) -> None:
    tab.locator("[command=show-modal]").first.press("Enter")
    expect(tab.locator("dialog[open]")).to_be_visible()


def unfolds(tab: Tab, _client: Client) -> None:
    tab.set_viewport_size(PHONE)  # type: ignore[arg-type]  # on a desk it is always unfolded
    tab.locator("main summary").first.press("Enter")
    expect(tab.locator("main details").first).to_have_attribute("open", "")


CHANGES = [
    Change("search", "/events", types_what_is_found, "#q", "listings.search"),
    Change("search in vain", "/events", types_what_is_not_found, "#q", "listings.search"),
    Change("category", "/events", chooses_a_category, "[value=theatre]", "listings.search"),
    Change(
        "filter taken off",
        "/events?city=Leipzig&category=concert",
        takes_a_filter_off,
        "#count",
        "listings.search",
    ),
    Change(
        "filter of offers taken off",
        "/events/{many}?quantity=2&section=B",
        takes_a_filter_off,
        "#count",
        "listings.event",
    ),
    Change("half a city", "/events", types_half_a_city, "#city", "listings.cities"),
    Change("no answer", "/events", gets_no_answer, "#q", "listings.search"),
    Change(
        "more events",
        "/events",
        gets_more("#events"),
        "#events > li:nth-child(21) a",
        "listings.search",
    ),
    Change(
        "more orders",
        "/orders",
        gets_more("#orders-upcoming-list"),
        "#orders-upcoming-list > li:nth-child(21) .title a",
        "orders.index",
        "collector",
    ),
    Change(
        "more listings",
        "/selling",
        gets_more("#listings"),
        "#listings > li:nth-child(21) .title a",
        "orders.selling",
        "seller",
    ),
    Change(
        "more of what was sent",
        "/account/webhooks/{webhook}",
        gets_more("#deliveries"),
        "#deliveries > li:nth-child(21) button",
        "integrations.webhook",
        "programmer",
    ),
    Change("offers filtered", "/events/{many}", filters_offers, "#quantity", "listings.event"),
    Change("a bar clicked", "/events/{many}", clicks_a_bar, "#count", "listings.event"),
    Change("no offer fits", "/events/{many}", finds_no_offer, "#quantity", "listings.event"),
    Change(
        "more offers",
        "/events/{many}",
        gets_more_offers,
        "#offers .ticket:nth-child(21) a",
        "listings.event",
    ),
    Change(
        "an offer is taken",
        "/events/{changing}",
        sees_an_offer_being_taken("{watched}", "#listing-{to_reserve} a"),
        "#listing-{to_reserve} a",
        "listings.event",
    ),
    Change(
        "the offer in focus is taken",
        "/events/{changing}",
        sees_an_offer_being_taken("{focused}", "#listing-{focused} a"),
        "#listing-{focused}",
        "listings.event",
    ),
    Change(
        "refused",
        "/listings/{wanted_by_two}",
        is_refused,
        ".notice",
        "orders.create_reservation",
        "newcomer",
    ),
    Change(
        "an offer comes back",
        "/listings/{held_for_a_while}",
        sees_an_offer_come_back,
        "main summary",
        "orders.listing",
    ),
    Change(
        "order cancelled",
        "/orders/{order_to_cancel}",
        cancels_an_order,
        ".notice",
        "orders.cancel",
        "canceller",
    ),
    Change(
        "order ends",
        "/orders/{order_to_watch}",
        sees_an_order_end,
        "#order-{order_to_watch}",
        "orders.show",
        "canceller",
    ),
    Change("price", "/sell?event={many}", types_a_price, "#price", "listings.price_hint", "seller"),
    Change(
        "seats checked",
        "/sell?event={many}",
        types_seats_that_are_none,
        "#quantity",
        "listings.check",
        "seller",
    ),
    Change(
        "address checked",
        "/signup",
        types_an_address_that_is_none,
        "#display_name",
        "accounts.check_field",
    ),
    Change("question", "/selling", is_asked, "dialog[open] .button", None, "seller"),
    Change("menu", "/", opens_the_menu, ".menu-button", None),
    Change("dates of the search", "/events", unfolds, "main summary", None),
    Change("price of an order", "/orders/{order_paid}", unfolds, "main summary", None, "collector"),
]


def names(client: Client) -> dict[str, str]:
    return client.sites["full"].names


def reserves(client: Client, listing: str) -> None:
    """Somebody else takes both tickets."""
    page = f"/listings/{listing}"
    values = {"quantity": "2", "version": "1"}
    answer = client.send(page, f"{page}/reservations", values, "giver")
    assert answer.status_code == 303, answer.text


def cancels(client: Client, order: str, who: str) -> None:
    page = f"/orders/{order}"
    assert client.send(page, f"{page}/cancellation", {}, who).status_code == 303
