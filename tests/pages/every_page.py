"""The list of all pages, in each state worth looking at. What stands here is checked everywhere:
accessibility, markup, weight, queries, narrow screens, pictures.

A new page gets a line here, and a test fails until it has one. Names in braces are those of
states.py.
"""

from dataclasses import dataclass, field

from tests.pages.names import WORDS

# What answers to GET and is no page: for machines, pictures, and a redirect.
NOT_PAGES = {
    "static",
    "health.livez",
    "health.readyz",
    "catalog.calendar",
    "catalog.preview",
    "orders.calendar",
    "payments.returned",
    "site_files.favicon",
    "site_files.manifest",
    "site_files.robots",
    "sitemap.events",
    "sitemap.index",
    "sitemap.pages",
}


@dataclass(frozen=True)
class Page:
    """A page in one state. `who` looks at it (None: somebody signed out), on one of the sites.

    With `sends`, it is what comes when the form at `to` is sent with these values from the page
    at `path`. A fragment is what htmx gets. The language is that of the browser.
    """

    name: str
    path: str
    who: str | None = None
    site: str = "full"
    status: int = 200
    to: str | None = None
    sends: dict[str, str] | None = field(default=None, hash=False)
    is_fragment: bool = False
    language: str = "en"

    @property
    def kind(self) -> str:
        """What its name begins with: the same for all states of one page."""
        return self.name.partition(",")[0]

    @property
    def is_public(self) -> bool:
        """Whether search engines and people who are signed out come to it by a link."""
        return self.who is None and self.status == 200 and not self.sends and not self.is_fragment


def _refused(name: str, path: str, who: str | None, to: str, status: int, **sends: str) -> Page:
    return Page(name, path, who, status=status, to=to, sends=sends)


_NEW_EVENT = {
    "title": "Nachtmahr",
    "category": "concert",
    "starts_at": "2027-03-21T20:00",
    "venue": "Lichthof",
    "city": "Leipzig",
    "country": "DE",
    "seats": "4-5",
    "price": "45,50",
    "split_rule": "any",
    "handover_method": "transfer",
}

_STYLEGUIDE = [Page("styleguide", "/styleguide")]

_API = [Page("API", "/api/docs")]

_HOME = [
    Page("home", "/"),
    Page("home, signed in", "/", "buyer"),
    Page("home, long names", "/", site="extreme"),
    Page("home, empty", "/", site="empty"),
]

_SEARCH = [
    Page("search", "/events"),
    Page("search, many filters", "/events?q=na&city=Leipzig&category=concert&from=2027-03-02"),
    Page("search, many filters, signed in", "/events?q=na&city=Leipzig&from=2027-03-02", "buyer"),
    Page("search, one hit", "/events?q=nachtmahr"),
    Page("search, no hit", "/events?q=nothing+is+called+so"),
    Page("search, behind the last one", "/events?q=nachtmahr&after={after_the_last}"),
    Page("search, long names", "/events", site="extreme"),
    Page("search, for a long name", "/events?q=" + WORDS, site="extreme"),
    Page("search, empty", "/events", site="empty"),
]

_EVENT = [
    Page("event, many offers", "/events/{many}"),
    Page("event, a month of sales", "/events/{with_history}"),
    Page("event, next offers", "/events/{many}?after={after_some}"),
    Page("event, two offers", "/events/{few}"),
    Page("event, filtered", "/events/{many}?quantity=2&section=B&sort=newest"),
    Page("event, no offer fits", "/events/{few}?quantity=8"),
    Page("event, no offers", "/events/{without_offers}"),
    Page("event, all taken", "/events/{all_taken}"),
    Page("event, sold out", "/events/{sold_out}"),
    Page("event, offers in all states", "/events/{states}"),
    Page("event, cancelled", "/events/{cancelled}"),
    Page("event, over", "/events/{over}"),
    Page("event, postponed", "/events/{postponed}"),
    Page("event, no time yet", "/events/{without_time}"),
    Page("event, long words", "/events/{words_event}", site="extreme"),
    Page("event, wide letters", "/events/{letters_event}", site="extreme"),
]

_LISTING = [
    Page("listing, on sale", "/listings/{on_sale}"),
    Page("listing, on sale, signed in", "/listings/{on_sale}?quantity=2", "buyer"),
    Page("listing, one ticket", "/listings/{one_ticket}"),
    Page("listing, eight tickets", "/listings/{eight}"),
    Page("listing, together", "/listings/{together}"),
    Page("listing, held", "/listings/{held}"),
    Page("listing, held by oneself", "/listings/{held}", "holder"),
    Page("listing, partly held", "/listings/{partly_held}"),
    Page("listing, payment checked", "/listings/{checked}"),
    Page("listing, sold", "/listings/{sold}"),
    Page("listing, partly sold", "/listings/{partly_sold}"),
    Page("listing, withdrawn", "/listings/{withdrawn}"),
    Page("listing, event cancelled", "/listings/{listing_cancelled}"),
    Page("listing, event over", "/listings/{listing_over}"),
    Page("listing, of a trade", "/listings/{of_a_trade}"),
    Page("listing, mine", "/listings/{on_sale}", "seller"),
    Page("listing, mine and held", "/listings/{held}", "seller"),
    Page("listing, mine and sold", "/listings/{sold}", "seller"),
    Page("listing, mine and withdrawn", "/listings/{withdrawn}", "seller"),
    Page("listing, long words", "/listings/{words_listing}", site="extreme"),
    Page("listing, wide letters", "/listings/{letters_listing}", site="extreme"),
    Page("listing, wide letters, held", "/listings/{letters_held}", site="extreme"),
    _refused(
        "listing, somebody was faster",
        "/listings/{held}",
        "buyer",
        "/listings/{held}/reservations",
        409,
        quantity="2",
        version="1",
    ),
    _refused(
        "listing, a number that cannot be",
        "/listings/{together}",
        "newcomer",
        "/listings/{together}/reservations",
        422,
        quantity="3",
        version="1",
    ),
]

_ORDER = [
    Page("order, unpaid", "/orders/{order_unpaid}", "buyer"),
    Page("order, too late to begin", "/orders/{order_too_late}", "buyer"),
    Page("order, run out", "/orders/{order_run_out}", "buyer"),
    Page("order, payment on its way", "/orders/{order_processing}", "buyer"),
    Page("order, closing", "/orders/{order_closing}", "payer"),
    Page("order, payment unknown", "/orders/{order_unknown}", "payer"),
    Page("order, checked by the operator", "/orders/{order_incident}", "payer"),
    Page("order, paid", "/orders/{order_paid}", "collector"),
    Page("order, paid, eight tickets", "/orders/{order_eight}", "collector"),
    Page("order, paid, event over", "/orders/{order_past}", "collector"),
    Page("order, paid, event cancelled", "/orders/{order_event_cancelled}", "collector"),
    Page("order, of a trade", "/orders/{order_of_a_trade}", "collector"),
    Page("order, cancelled", "/orders/{order_cancelled}", "collector"),
    Page("order, expired", "/orders/{order_expired}", "buyer"),
    Page("order, payment goes back", "/orders/{order_returned}", "collector"),
    Page("order, refunded", "/orders/{order_refunded}", "collector"),
    Page("order, long words", "/orders/{words_order}", "buyer_of_words", "extreme"),
    Page("order, wide letters", "/orders/{letters_order}", "buyer_of_letters", "extreme"),
    Page("order, wide letters, paid", "/orders/{letters_paid}", "buyer_of_letters", "extreme"),
    _refused(
        "order, cancelled too late",
        "/orders/{order_paid}",
        "collector",
        "/orders/{order_paid}/cancellation",
        409,
    ),
]

_MY_ORDERS = [
    Page("my orders, unpaid and ended", "/orders", "buyer"),
    Page("my orders, many", "/orders", "collector"),
    Page("my orders, next ones", "/orders?section=upcoming&after={order_paid}", "collector"),
    Page("my orders, none", "/orders", "newcomer"),
    Page("my orders, long words", "/orders", "buyer_of_words", "extreme"),
    Page("my orders, wide letters", "/orders", "buyer_of_letters", "extreme"),
]

_SELLING = [
    Page("my listings, in all states", "/selling", "seller"),
    Page("my listings, next ones", "/selling?after={on_sale}", "seller"),
    Page("my listings, selling for a month", "/selling", "trader"),
    Page("my listings, none", "/selling", "newcomer"),
    Page("my listings, long words", "/selling", "seller_of_words", "extreme"),
    Page("my listings, wide letters", "/selling", "seller_of_letters", "extreme"),
    Page("sell", "/sell", "seller"),
    Page("sell, found", "/sell?q=nachtmahr", "seller"),
    Page("sell, nothing found", "/sell?q=nothing+is+called+so", "seller"),
    Page("sell, long names", "/sell", "seller_of_words", "extreme"),
    Page("sell, empty", "/sell", "newcomer", "empty"),
    Page("sell for an event", "/sell?event={many}", "seller"),
    Page("sell for an event, long name", "/sell?event={words_event}", "seller_of_words", "extreme"),
    Page("sell for the first time", "/sell?event={many}", "newcomer"),
    Page("sell for a new event", "/sell?new=yes&q=Neuheit", "seller"),
    _refused("sell, refused", "/sell?new=yes", "seller", "/sell", 422, seats="4 to", price="0"),
    _refused("sell, likely duplicate", "/sell?new=yes", "seller", "/sell", 409, **_NEW_EVENT),
    Page("edit", "/listings/{on_sale}/edit", "seller"),
    Page("edit, held", "/listings/{held}/edit", "seller"),
    Page("edit, sold", "/listings/{sold}/edit", "seller"),
    Page("edit, withdrawn", "/listings/{withdrawn}/edit", "seller"),
    Page("edit, wide letters", "/listings/{letters_listing}/edit", "seller_of_letters", "extreme"),
    _refused(
        "edit, refused",
        "/listings/{on_sale}/edit",
        "seller",
        "/listings/{on_sale}/edit",
        422,
        version="1",
        price="0",
    ),
    _refused(
        "edit, changed meanwhile",
        "/listings/{on_sale}/edit",
        "seller",
        "/listings/{on_sale}/edit",
        409,
        version="77",
        price="45",
        seats="4-5",
        split_rule="any",
        handover_method="transfer",
    ),
]

_ACCOUNT = [
    Page("sign up", "/signup"),
    Page("sign up, on the way", "/signup?next=/sell"),
    _refused("sign up, refused", "/signup", None, "/signup", 422, email="nobody"),
    Page("sign in", "/signin"),
    Page("sign in, on the way", "/signin?next=/sell"),
    _refused("sign in, refused", "/signin", None, "/signin", 422, email="a@example.org"),
    Page("forgotten password", "/forgotten-password"),
    Page("account", "/account", "buyer"),
    Page("account, wide letters", "/account", "buyer_of_letters", "extreme"),
    _refused("account, refused", "/account", "buyer", "/account/password", 422),
    Page("how one sells", "/account/seller", "newcomer"),
    Page("how one sells, privately", "/account/seller", "seller"),
    Page("how one sells, as a trade", "/account/seller", "trader"),
    Page("how one sells, wide letters", "/account/seller", "seller_of_letters", "extreme"),
    _refused(
        "how one sells, refused",
        "/account/seller",
        "newcomer",
        "/account/seller/trade",
        422,
        phone="none",
    ),
]

_WEBHOOKS = [
    Page("webhooks", "/account/webhooks", "programmer"),
    Page("webhooks, none", "/account/webhooks", "newcomer"),
    Page("webhooks, long words", "/account/webhooks", "buyer_of_words", "extreme"),
    Page("webhooks, wide letters", "/account/webhooks", "buyer_of_letters", "extreme"),
    _refused("webhooks, refused", "/account/webhooks", "programmer", "/account/webhooks", 422),
    _refused(
        "webhooks, a local address",
        "/account/webhooks",
        "programmer",
        "/account/webhooks",
        422,
        url="https://127.0.0.1/",
        types="order.reserved",
    ),
    Page("webhook", "/account/webhooks/{webhook}", "programmer"),
    Page("webhook, older ones", "/account/webhooks/{webhook}?after=9", "programmer"),
    Page("webhook, off", "/account/webhooks/{webhook_off}", "programmer"),
    Page("webhook, nothing sent", "/account/webhooks/{webhook_new}", "programmer"),
    Page(
        "webhook, wide letters",
        "/account/webhooks/{letters_webhook}",
        "buyer_of_letters",
        "extreme",
    ),
    Page(
        "webhook, new secret",
        "/account/webhooks/{webhook_new}",
        "programmer",
        to="/account/webhooks/{webhook_new}/secrets",
        sends={},
    ),
    _refused(
        "webhook, no type",
        "/account/webhooks/{webhook_new}",
        "programmer",
        "/account/webhooks/{webhook_new}/types",
        422,
    ),
]

# Written once for each language, and shorter where the operator has said nothing.
_LEGAL = [
    page
    for name in ("imprint", "terms", "privacy", "fees", "ranking", "accessibility")
    for page in (
        Page(name, f"/{name}"),
        Page(f"{name}, in German", f"/{name}", language="de"),
        Page(f"{name}, nothing said", f"/{name}", site="empty"),
        Page(f"{name}, nothing said, in German", f"/{name}", site="empty", language="de"),
    )
]

_ERRORS = [
    Page("error 400", "/fail/400", status=400),
    Page("error 403", "/fail/403", status=403),
    Page("error 404", "/no-such-page", status=404),
    Page("error 404, signed in", "/orders/nosuchorder", "buyer", status=404),
    Page("error 405", "/signout", status=405),
    Page("error 409", "/fail/409", status=409),
    Page("error 413", "/fail/413", status=413),
    Page("error 429", "/fail/429", status=429),
    Page("error 500", "/fail/500", status=500),
    Page("error 503", "/fail/503", status=503),
]

PAGES = [
    *_STYLEGUIDE,
    *_API,
    *_HOME,
    *_SEARCH,
    *_EVENT,
    *_LISTING,
    *_ORDER,
    *_MY_ORDERS,
    *_SELLING,
    *_ACCOUNT,
    *_WEBHOOKS,
    *_LEGAL,
    *_ERRORS,
]

FRAGMENTS = [
    Page(name, path, who, is_fragment=True, status=status)
    for name, path, who, status in (
        ("results", "/events?q=n", None, 200),
        ("results, none", "/events?q=nothing+is+called+so", None, 200),
        ("cities", "/cities?city=l", None, 200),
        ("offers, many", "/events/{many}", None, 200),
        ("offers, in all states", "/events/{states}", None, 200),
        ("offers, none", "/events/{without_offers}", None, 200),
        ("offer, on sale", "/listings/{on_sale}", None, 200),
        ("offer, held", "/listings/{held}", None, 200),
        ("order, unpaid, alone", "/orders/{order_unpaid}", "buyer", 200),
        ("order, paid, alone", "/orders/{order_paid}", "collector", 200),
        ("orders, next ones", "/orders?section=upcoming&after={order_paid}", "collector", 200),
        ("listings, next ones", "/selling?after={on_sale}", "seller", 200),
        ("price hint", "/sell/price?price=45", "seller", 200),
        ("price hint, none", "/sell/price?price=x", "seller", 200),
        ("price checked, refused", "/sell/check/price?price=0", "seller", 200),
        ("seats checked", "/sell/check/tickets?seats=4-5", "seller", 200),
        ("seats checked, refused", "/sell/check/tickets?seats=7-4", "seller", 200),
        ("start checked, refused", "/sell/check/start?starts_at=1999-01-01T20:00", "seller", 200),
        ("refusal", "/fail/409", None, 409),
    )
] + [
    Page(
        f"{name}, checked",
        "/signup",
        to=f"/signup/check/{name}",
        sends={name: ""},
        is_fragment=True,
    )
    for name in ("email", "display_name")
]
