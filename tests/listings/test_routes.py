import re
from datetime import timedelta

import pytest
from sqlalchemy import event as sqlalchemy_event

from app import clock
from app.catalog.models import EventStatus
from app.db import transaction
from app.listings import inventory, routes
from app.orders import reservation
from tests.support.signing_in import sign_in_as

pytestmark = pytest.mark.thorough

HTMX = {"HX-Request": "true"}


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def statements(db):
    """How many statements a call sends to the database."""

    def count(call):
        sent = []
        listener = lambda *args: args[2] == "BEGIN" or sent.append(args[2])  # noqa: E731
        sqlalchemy_event.listen(db.engine, "before_cursor_execute", listener)
        call()
        sqlalchemy_event.remove(db.engine, "before_cursor_execute", listener)
        return len(sent)

    return count


@pytest.fixture
def reserve(buyer):
    def make(listing, quantity):
        with transaction():
            return reservation.reserve(listing.id, buyer.id, quantity, listing.version)

    return make


def test_an_empty_site_invites_to_sell(client):
    page = client.get("/")
    assert page.status_code == 200
    assert "No events yet" in page.text


def test_home_shows_what_is_coming_up_and_what_is_new(client, event, listing):
    page = client.get("/").text
    assert f"/events/{event.slug}" in page
    assert "from €47.25" in page
    assert f"/listings/{listing.id}" in page


def test_home_says_this_week_where_all_that_is_shown_is_on_within_seven_days(db, client, event):
    assert "Coming up" in client.get("/").text
    event.starts_at = clock.now() + timedelta(days=6)
    db.session.commit()
    page = client.get("/").text
    assert "This week" in page
    assert "Coming up" not in page


def test_home_begins_with_the_search(client):
    page = client.get("/").text
    assert page.count('type="search"') == 1
    assert page.index('type="search"') < page.index('aria-label="Categories"')


def test_search_finds_the_event_and_says_what_a_ticket_costs(client, event, listing):
    page = client.get("/events?q=leip&city=leipzig&category=concert").text
    assert "1 event<" in page
    assert "from €47.25" in page


def test_htmx_gets_the_results_alone(client, event):
    answer = client.get("/events?q=blur", headers=HTMX)
    assert answer.text.count('id="results"') == 1
    assert "<!doctype" not in answer.text


def test_going_back_in_history_gets_the_page(client, event):
    headers = HTMX | {"HX-History-Restore-Request": "true"}
    assert "<!doctype" in client.get("/events?q=blur", headers=headers).text


def test_the_city_is_completed_while_it_is_typed(client, event):
    assert "<option>Leipzig</option>" in client.get("/cities?city=lei", headers=HTMX).text
    assert "<option>" not in client.get("/cities?city=x%00", headers=HTMX).text
    assert "<option>Leipzig</option>" in client.get("/events").text


def test_no_results_is_a_page_too(client, event):
    page = client.get("/events?q=nothing+like+it&from=2001-01-01&to=2001-01-02").text
    assert "Nothing found" in page
    # Each filter can be taken off.
    assert 'href="/events?from=2001-01-01&amp;to=2001-01-02"' in page


def test_dates_are_named_as_people_write_them_and_may_come_in_any_order(client):
    page = client.get("/events?from=2027-03-14&to=2027-03-01").text
    assert "From 1 Mar 2027" in page
    assert "Until 14 Mar 2027" in page
    assert 'name="from" type="date" value="2027-03-01"' in page


@pytest.mark.parametrize(
    "query",
    ["from=never", "to=2026-02-30", "category=x", "sort=x", "q=%00", "q=" + "x" * 500, "city=%00"],
)
def test_nonsense_in_the_address_is_no_error(client, event, query):
    assert client.get(f"/events?{query}").status_code == 200
    assert client.get(f"/events/{event.slug}?{query}").status_code == 200


@pytest.mark.parametrize(
    ("sent", "clean"),
    [
        ("/events?q=&city=&category=&from=&to=&sort=", "/events"),
        (
            "/events?q=blur&city=+&category=concert&sort=newest",
            "/events?q=blur&category=concert&sort=newest",
        ),
        ("/events/blur-leipzig?quantity=2&most=&sort=", "/events/blur-leipzig?quantity=2"),
    ],
)
def test_fields_that_were_left_empty_are_not_in_the_address(client, event, sent, clean):
    plain = client.get(sent)
    assert (plain.status_code, plain.location) == (302, clean)
    assert client.get(clean).status_code == 200

    by_htmx = client.get(sent, headers=HTMX)
    assert (by_htmx.status_code, by_htmx.headers["HX-Replace-Url"]) == (200, clean)
    assert "HX-Replace-Url" not in client.get(clean, headers=HTMX).headers


def test_search_goes_on_behind_the_twentieth(db, client, event):
    for number in range(21):
        db.session.add(
            type(event)(
                slug=f"more-{number}",
                title=f"More {number}",
                category="concert",
                venue=event.venue,
                city_key="leipzig",
                starts_at=event.starts_at + timedelta(days=number + 1),
                search_words=f"more {number} leipzig",
            )
        )
    db.session.commit()
    first = client.get("/events?sort=soonest").text
    assert "More 18" in first
    assert "More 19" not in first
    link = first.split('hx-get="/events?')[1].split('"')[0].replace("&amp;", "&")
    assert "More 20" in client.get(f"/events?{link}").text

    appended = client.get(f"/events?{link}", headers=HTMX).text
    assert appended.count('<ul class="tickets" id="events">') == 1
    assert appended.count("autofocus") == 1
    assert "autofocus" not in first


def test_the_event_page_shows_tickets_with_all_fees_in(client, event, listing):
    page = client.get(f"/events/{event.slug}").text
    assert "€47.25" in page
    assert f'href="/listings/{listing.id}"' in page


def test_an_unknown_event_is_not_found(client):
    assert client.get("/events/nope").status_code == 404
    assert client.get("/events/%00").status_code == 404


def test_the_quantity_is_kept_on_the_way_to_the_offer(client, event, listing):
    page = client.get(f"/events/{event.slug}?quantity=2").text
    assert f'href="/listings/{listing.id}?quantity=2"' in page
    assert "No offer fits" in client.get(f"/events/{event.slug}?quantity=3").text


def test_each_filter_of_an_event_can_be_taken_off(client, event, offer):
    offer(section="G")
    page = client.get(f"/events/{event.slug}?quantity=2&section=G&most=80").text
    address = f"/events/{event.slug}"
    for words, without in (
        ("2 tickets", "section=G&amp;most=80.00"),
        ("Section G", "quantity=2&amp;most=80.00"),
        ("Up to €80.00", "quantity=2&amp;section=G"),
    ):
        assert re.search(f'href="{address}.{re.escape(without)}"[^>]*>.*{words}', page)
    assert "Remove filter" not in client.get(address).text


@pytest.mark.parametrize(
    ("address", "whole", "part"),
    [("/events", "search", "results"), ("/events/blur-leipzig", "tickets", "offers")],
)
def test_a_filter_that_is_taken_off_changes_the_form_too(client, listing, address, whole, part):
    taken_off = client.get(address, headers=HTMX | {"HX-Target": f"div#{whole}"}).text
    assert taken_off.count(f'id="{whole}"') == taken_off.count(f'id="{part}"') == 1
    assert "<form" in taken_off
    assert re.search('id="count"[^>]* autofocus', taken_off)
    for typed in (
        client.get(address, headers=HTMX | {"HX-Target": f"div#{part}"}).text,
        client.get(address, headers=HTMX).text,
    ):
        assert f'id="{part}"' in typed
        assert "<form" not in typed
        assert "autofocus" not in typed


def test_the_list_of_offers_grows_and_asks_for_all_of_it(client, event, offer):
    for _number in range(25):
        offer()
    address = f"/events/{event.slug}"

    def offers(answer):
        return [card.count("autofocus") for card in answer.text.split("<li ")[1:]]

    first = client.get(address)
    assert offers(first) == [0] * 20
    assert f'href="{address}?after=' in first.text
    more = f"{address}?show=40"
    assert f'id="more-offers" href="{address}?after=' in first.text
    assert f'hx-get="{more}" hx-target="#offers"' in first.text

    grown = client.get(more, headers=HTMX | {"HX-Source": "a#more-offers"})
    assert offers(grown) == [0] * 20 + [1] + [0] * 4
    assert f'id="offers" hx-get="{more}" hx-trigger="every 10s"' in grown.text
    assert "Show 20 more" not in grown.text
    assert offers(client.get(more, headers=HTMX | {"HX-Source": "div#offers"})) == [0] * 25


def test_the_list_of_offers_does_not_grow_for_ever(monkeypatch, client, event, offer):
    monkeypatch.setattr(routes, "MOST_OFFERS", 40)
    for _number in range(41):
        offer()
    page = client.get(f"/events/{event.slug}?show=99999").text
    assert page.count("<li ") == 40
    assert "Show 20 more" in page
    assert 'hx-target="#offers" hx-swap="outerMorph" hx-sync="#offers:replace">' not in page
    assert client.get(f"/events/{event.slug}?show=nonsense").text.count("<li ") == 20


def test_an_event_without_a_time_says_so(db, client, event):
    event.time_announced = False
    db.session.commit()
    assert "Time to be announced" in client.get(f"/events/{event.slug}").text


def test_times_are_those_of_the_venue(db, client, event):
    event.venue.timezone = "America/New_York"
    event.starts_at = clock.now().replace(year=clock.now().year + 1, month=7, day=1, hour=0)
    db.session.commit()
    page = client.get(f"/events/{event.slug}").text
    assert "30 June" in page
    assert "Times as in Leipzig." in page


def test_an_event_of_which_all_is_sold_does_not_promise_that_something_gets_free(
    client, event, offer, reserve
):
    sold = reserve(offer(), 2)
    with transaction():
        inventory.sell(sold.id)
    page = client.get(f"/events/{event.slug}").text
    assert "Sold out" in page
    assert "free again" not in page


def test_an_event_that_is_cancelled_or_over_is_stamped(db, client, event):
    address = f"/events/{event.slug}"
    assert 'class="stamp' not in client.get(address).text
    event.starts_at = clock.now() - timedelta(hours=1)
    db.session.commit()
    assert '<span class="stamp over">Over</span>' in client.get(address).text
    event.status = EventStatus.CANCELLED
    db.session.commit()
    assert '<span class="stamp cancelled">Cancelled</span>' in client.get(address).text


def test_reserved_and_sold_tickets_are_stamped(client, event, offer, reserve):
    reserve(offer(), 2)
    sold = reserve(offer(), 2)
    with transaction():
        inventory.sell(sold.id)
    page = client.get(f"/events/{event.slug}").text
    assert "All taken right now" in page
    assert "maybe free again in" in page
    assert page.count('class="stamp') == 2


def test_after_its_deadline_a_reservation_is_being_checked(client, event, listing, reserve, later):
    reserve(listing, 2)
    later(minutes=16)
    assert "payment is being checked" in client.get(f"/events/{event.slug}").text


def test_a_cancelled_event_sells_nothing(db, client, event, listing):
    event.status = EventStatus.CANCELLED
    db.session.commit()
    page = client.get(f"/events/{event.slug}").text
    assert "This event is cancelled" in page
    assert f"/listings/{listing.id}" not in page


def test_an_event_that_is_over_sells_nothing(client, event, listing, later):
    later(days=31)
    page = client.get(f"/events/{event.slug}").text
    assert "begun or is over" in page
    assert f"/listings/{listing.id}" not in page


def test_a_poll_gets_the_offers_once_and_then_nothing_until_they_change(
    client, event, listing, reserve
):
    first = client.get(f"/events/{event.slug}", headers=HTMX)
    assert first.text.count('id="offers"') == 1
    assert "<!doctype" not in first.text

    headers = HTMX | {"If-None-Match": first.headers["ETag"]}
    again = client.get(f"/events/{event.slug}", headers=headers)
    assert (again.status_code, again.text) == (304, "")

    reserve(listing, 1)
    changed = client.get(f"/events/{event.slug}", headers=headers)
    assert changed.status_code == 200
    assert "1 reserved" in changed.text


def test_a_poll_of_an_event_that_has_begun_sees_it(client, event, listing, later):
    first = client.get(f"/events/{event.slug}", headers=HTMX)
    later(days=31)
    headers = HTMX | {"If-None-Match": first.headers["ETag"]}
    assert "No tickets on sale" in client.get(f"/events/{event.slug}", headers=headers).text


def test_no_page_asks_the_database_more_the_more_there_is(app, offer, event, buyer, statements):
    client = sign_in_as(app, buyer)
    for more in (1, 30):
        for number in range(more):
            offer(section=str(number % 3), price_cents=1000 + number)
        for page in ("/", "/events", f"/events/{event.slug}"):
            assert statements(lambda page=page: client.get(page)) <= 8
