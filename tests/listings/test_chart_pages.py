"""The charts on the pages for those who buy and those who sell."""

import gzip
import re

import pytest

from tests.support.signing_in import sign_in_as

pytestmark = pytest.mark.thorough

HTMX = {"HX-Request": "true"}
NEEDLE = '<g class="selected"'
PAGE_BYTES, FRAGMENT_BYTES = 14 * 1024, 6 * 1024


@pytest.fixture
def get(app):
    def text(url: str, **headers: str) -> str:
        return app.test_client().get(url, headers=headers).text

    return text


@pytest.fixture
def event_page(get, event):
    return lambda query="", **headers: get(f"/events/{event.slug}{query}", **headers)


@pytest.fixture
def offers(offer):
    """For 10.50, 21.00, 31.50 and 42.00, all fees in."""
    return [offer(price_cents=cents, section=f"S{cents}") for cents in (1000, 2000, 3000, 4000)]


def caption(page: str) -> str:
    [said] = re.findall("<figcaption>(.*?)</figcaption>", page, re.S)
    return said.strip()


def table(page: str) -> list[tuple[str, ...]]:
    """The rows of the figures, as texts."""
    return [
        tuple(re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", row))
        for row in re.findall("<tr>(.*?)</tr>", page, re.S)
    ]


class TestHistogramOfAnEvent:
    def test_it_says_in_words_and_figures_what_it_shows(self, event_page, offers):
        page = event_page()
        assert caption(page) == "8 tickets on sale, for €10.50 to €42.00."
        assert table(page)[0] == ("Price, all fees in", "Tickets")
        assert sum(int(number) for _, number in table(page)[1:]) == 8
        assert ("€10 to €12", "2") in table(page)

    def test_it_says_it_in_german(self, event_page, offers):
        page = event_page(**{"Accept-Language": "de"}).replace("\N{NO-BREAK SPACE}", " ")
        assert caption(page) == "8 Tickets im Angebot, für 10,50 € bis 42,00 €."

    def test_the_visitors_limit_is_marked_in_it(self, event_page, offers):
        page = event_page("?most=31.50")
        assert caption(page) == "6 of 8 tickets cost at most €31.50."
        assert page.count('class="value selected"') == 3
        assert '<line class="selected" x2="67.19%"' in page  # from €10 to €42
        assert 'class="value selected"' not in event_page()

    def test_it_comes_with_the_offers_for_htmx(self, event_page, offers):
        assert caption(event_page("?most=11", **HTMX)) == "2 of 8 tickets cost at most €11.00."

    def test_it_shows_the_tickets_that_fit_quantity_and_section(self, event_page, offer, offers):
        offer(tickets=1, price_cents=5000)
        assert caption(event_page("?quantity=2")).startswith("8 tickets on sale")
        assert "<figcaption>" not in event_page("?section=S1000")

    def test_a_bar_leads_to_the_offers_up_to_its_price(self, event_page, get, offers):
        page = event_page("?quantity=2")
        links = re.findall(r'<a href="([^"]+)" hx-get="[^"#]+" tabindex="-1">', page)
        assert links[0] == "/events/blur-leipzig?quantity=2&amp;most=12.00#offers"
        narrowed = get(links[0].replace("&amp;", "&").removesuffix("#offers"))
        assert caption(narrowed) == "2 of 8 tickets cost at most €12.00."

    def test_two_prices_are_read_faster_in_the_list(self, event_page, offer):
        offer(price_cents=1000), offer(price_cents=1000), offer(price_cents=2000)
        assert "<figcaption>" not in event_page()

    def test_nothing_of_it_is_shown_for_an_event_that_is_over(self, event_page, offers, later):
        later(days=31)
        page = event_page()
        assert "<figure" not in page
        assert 'id="sections"' not in page


class TestSectionsOfAnEvent:
    def test_each_leads_to_its_offers_and_back(self, event_page, offers):
        page = event_page("?quantity=2")
        assert 'href="/events/blur-leipzig?quantity=2&amp;section=S1000"' in page
        assert 'aria-current="true"' not in section_list(page)
        assert "from €10.50" in section_list(page)
        assert "2 left" in section_list(page)

        chosen = section_list(event_page("?section=S1000"))
        assert re.search('href="/events/blur-leipzig" [^>]* aria-current="true"', chosen)

    def test_the_poll_brings_them_along(self, event_page, offers):
        assert 'hx-swap-oob="outerMorph"' in section_list(event_page(**HTMX))
        assert "hx-swap-oob" not in event_page()

    def test_a_click_on_one_changes_the_filters_and_the_offers_in_place(self, get, offers):
        url = "/events/blur-leipzig?section=S1000"
        assert f'hx-get="{url}" hx-target="#tickets"' in section_list(get("/events/blur-leipzig"))
        answer = get(url, **HTMX | {"HX-Target": "div#tickets"})
        assert "<option selected>S1000</option>" in answer
        assert 'aria-current="true"' in section_list(answer)

    def test_of_one_section_there_is_no_choice_but_a_place_for_news(self, event_page, offer):
        offer(section="A")
        assert re.search(r'id="sections"[^>]* hidden>', event_page())

    def test_a_section_that_is_sold_out_meanwhile_stays_chosen(self, event_page, offers):
        page = event_page("?section=Gone")
        assert "<option selected>Gone</option>" in page
        assert "No offer fits" in page


def section_list(page: str) -> str:
    [part] = re.findall(r'<section[^>]* id="sections".*?</section>', page, re.S)
    return part


class TestPriceLine:
    def test_an_event_shows_what_its_tickets_were_sold_for(self, event_page, sold, listing):
        for days_ago, cents in ((2, 1000), (1, 2000), (0, 3000)):
            sold(cents, days_ago=days_ago, of=listing)
        page = event_page()
        assert re.search(r"from €10\.50 on .* to €31\.50 on", caption(page))
        assert [row[1:] for row in table(page)] == [
            ("Middle price", "Sold"),
            ("€31.50", "1"),
            ("€21.00", "1"),
            ("€10.50", "1"),
        ]
        assert "Price history" not in event_page(**HTMX)

    def test_without_enough_sales_there_is_none(self, event_page, sold, listing):
        sold(1000, of=listing)
        assert "Price history" not in event_page()

    @pytest.mark.parametrize("address", ["/events", "/events?q=blur"])
    def test_a_card_has_it_in_small_and_in_words(self, get, sold, listing, address):
        for days_ago in (2, 1, 0):
            sold(1000 + 1000 * days_ago, days_ago=days_ago, of=listing)
        [said] = re.findall('aria-label="(Middle price[^"]+)"', get(address))
        assert said == "Middle price of sold tickets in 30 days: from €31.50 to €10.50."

    def test_a_card_without_sales_has_none(self, get, listing):
        assert 'class="graph' not in get("/events")


class TestPricesOfOthers:
    def test_sellers_see_them_before_they_name_their_own(self, app, stranger, event, offers):
        page = sign_in_as(app, stranger).get(f"/sell?event={event.slug}").text
        assert caption(page) == "Other tickets for this event cost buyers €10.50 to €42.00."
        assert NEEDLE not in page
        assert f'hx-get="/sell/price?event={event.slug}"' in page

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ("5", "None is cheaper than yours."),
            ("10", "None is cheaper than yours."),
            ("35", "6 of 8 are cheaper than yours."),
            ("9000", "8 of 8 are cheaper than yours."),
        ],
    )
    def test_the_needle_follows_what_is_typed(self, get, event, offers, typed, said):
        answer = get(f"/sell/price?event={event.slug}&price={typed}")
        assert caption(answer).endswith(said)
        assert NEEDLE in answer

    def test_with_one_other_price_it_is_told_apart_all_the_same(self, get, event, offer):
        offer(price_cents=2000, tickets=1)
        answer = get(f"/sell/price?event={event.slug}&price=30")
        assert caption(answer) == (
            "Other tickets for this event cost buyers €21.00. 1 of 1 is cheaper than yours."
        )

    @pytest.mark.parametrize("typed", ["", "x"])
    def test_what_is_no_price_has_no_needle(self, get, event, offers, typed):
        answer = get(f"/sell/price?event={event.slug}&price={typed}")
        assert caption(answer).endswith("to €42.00.")
        assert NEEDLE not in answer

    def test_whoever_edits_is_compared_with_others_not_with_themselves(self, app, seller, offers):
        mine = offers[0]
        page = sign_in_as(app, seller).get(f"/listings/{mine.id}/edit").text
        assert f"listing={mine.id}" in page
        assert caption(page) == (
            "Other tickets for this event cost buyers €21.00 to €42.00. None is cheaper than yours."
        )

    def test_the_first_to_sell_is_compared_with_nobody(self, get, event, app, seller, listing):
        page = sign_in_as(app, seller).get(f"/listings/{listing.id}/edit").text
        assert "<figcaption>" not in page
        for url in (f"/sell/price?event={event.slug}&listing={listing.id}", "/sell/price?event=no"):
            assert "<figcaption>" not in get(url)


def test_pages_with_charts_keep_their_budgets(event_page, offer, sold):
    for number in range(60):
        listing = offer(price_cents=2000 + 137 * number, section=f"Block {number % 20}")
        sold(2000 + 100 * number, days_ago=number % 30, of=listing)
    assert "Price history" in event_page()
    assert len(gzip.compress(event_page("?most=60").encode(), 1)) <= PAGE_BYTES
    assert len(gzip.compress(event_page("?most=60", **HTMX).encode(), 1)) <= FRAGMENT_BYTES
