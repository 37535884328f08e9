import pytest
from markupsafe import escape

from app import clock
from app.catalog.local_time import start_of_day
from app.db import lock, transaction
from app.listings import holds
from app.listings.models import Listing, ListingStatus, Ticket
from app.orders import fulfilment, sales
from app.orders.models import Actor, Order
from app.orders.sales import Lot, Sale

pytestmark = pytest.mark.thorough


@pytest.fixture
def my_listings(as_user, seller):
    """The text of the seller's page."""
    return lambda query="": as_user(seller).get(f"/selling{query}").text


def test_sellers_keep_sight_of_every_listing(db, my_listings, offer, reserve, pay):
    offer(section="Active one")
    reserved = reserve(of=offer(tickets=1, section="Reserved one"))
    pay(reserve(of=offer(tickets=1, section="Sold one")))
    offer(section="Withdrawn one", status=ListingStatus.WITHDRAWN)

    text = my_listings()
    for words in ("Active one", "Reserved one", "Sold one", "Withdrawn one"):
        assert words in text
    until = reserved.expires_at.astimezone(reserved.listing.event.venue.zone)
    for tag in (">Active<", f">Reserved until {until:%H:%M} (Berlin time)<", ">Withdrawn<"):
        assert tag in text
    assert '<span class="stamp paid">Sold</span>' in text


def test_sellers_see_which_tickets_are_left_held_and_sold_to_whom(
    my_listings, seller, rival, offer, reserve, pay
):
    listing = offer(tickets=9)
    pay(reserve(2, of=listing))
    pay(reserve(1, by=rival, of=listing))
    reserve(2, of=listing)

    line = sales.page_of(seller.id).listings[0]
    assert (line.held, line.available) == (Lot(2, "4\N{EN DASH}5"), Lot(4, "6\N{EN DASH}9"))
    assert line.sales == [
        Sale(2, "1\N{EN DASH}2", buyer="Buyer", owed_cents=9000),
        Sale(1, "3", buyer="Rival", owed_cents=4500),
    ]
    text = my_listings()
    for words in (
        "4 tickets, seats 6\N{EN DASH}9<",
        "2 tickets, seats 4\N{EN DASH}5<",
        "2 tickets, seats 1\N{EN DASH}2, to Buyer<",
        "1 ticket, seat 3, to Rival<",
    ):
        assert words in text


def test_offers_that_look_the_same_are_told_apart(my_listings, seller, event, db):
    for _ in range(2):
        listing = Listing(seller=seller, event=event, price_cents=4500, currency="EUR")
        listing.tickets = [Ticket(), Ticket()]
        db.session.add(listing)
    db.session.commit()

    text = my_listings()
    assert text.count("No fixed seat</dd>") == 2
    for number in (listing.id, listing.id - 1):
        assert f"Offer {number}, since" in text


def test_without_a_time_an_event_is_not_over_before_its_day_is(db, seller, event, offer):
    offer()
    event.time_announced = False
    event.starts_at = start_of_day(clock.now().astimezone(event.venue.zone).date(), "Europe/Berlin")
    db.session.commit()

    assert sales.page_of(seller.id).listings[0].state == "active"


def test_what_was_not_sold_in_time_is_over(db, my_listings, event, offer):
    offer()
    event.starts_at = clock.now()
    db.session.commit()

    text = my_listings()
    assert '<span class="stamp over">Over</span>' in text
    assert ">Not sold<" in text
    assert "Edit</a>" not in text
    assert "Withdraw</button>" not in text


def test_once_all_is_sold_what_the_buyers_read_can_still_be_changed(
    my_listings, listing, reserve, pay
):
    pay(reserve(2))

    text = my_listings()
    assert f"/listings/{listing.id}/edit" in text
    assert "Withdraw</button>" not in text


def test_what_is_owed_is_the_price_without_the_fee(my_listings, seller, offer, reserve, pay):
    pay(reserve(2, of=offer(price_cents=4500)))
    pay(reserve(1, of=offer(price_cents=1000)))

    assert sales.owed_cents(seller.id) == 10000
    text = my_listings()
    for amount in ("€100.00", "€90.00", "€10.00"):
        assert amount in text
    assert "pays out after the event" in text


def test_unpaid_and_refunded_orders_owe_nothing(seller, offer, reserve, pay):
    listing = offer(tickets=4)
    refunded = pay(reserve(of=listing))
    with transaction():
        fulfilment.refund(lock(Order, refunded.id), actor=Actor.OPERATOR, reason="operator")
    reserve(of=listing)

    assert sales.owed_cents(seller.id) == 0
    assert sales.page_of(seller.id).listings[0].owed_cents == 0


def test_while_held_edit_and_withdraw_are_greyed_with_the_reason(my_listings, listing, reserve):
    assert "Withdraw</button>" in my_listings()
    reserve()

    text = my_listings()
    assert f"/listings/{listing.id}/edit" not in text
    assert text.count("disabled aria-describedby") == 2
    assert str(escape(holds.why_held(listing))) in text


def test_after_the_deadline_the_payment_is_being_checked(my_listings, reserve, later):
    reserve()
    later(minutes=15, seconds=1)

    assert "Payment is being checked" in my_listings()


def test_nobody_sees_the_listings_of_others(as_user, rival, listing):
    text = as_user(rival).get("/selling").text

    assert "Nothing for sale yet" in text
    assert "Blur" not in text


@pytest.fixture
def many_listings(db, seller, event):
    """The ids of 25 listings, the oldest first."""
    listings = [
        Listing(seller=seller, event=event, price_cents=4500, currency="EUR") for _ in range(25)
    ]
    for listing in listings:
        db.session.add(listing)
        db.session.flush()
    db.session.commit()
    return [listing.id for listing in listings]


def test_twenty_listings_a_page_and_none_twice(my_listings, seller, many_listings, statements):
    ids = many_listings
    with statements() as run:
        first = my_listings()
    assert len(run) <= 10  # signing in asks, too
    assert f"/selling?after={ids[5]}" in first
    pages = [sales.page_of(seller.id), sales.page_of(seller.id, after=ids[5])]
    assert [line.listing.id for page in pages for line in page.listings] == ids[::-1]
    assert pages[1].next_after is None


def test_htmx_gets_the_next_listings_alone_and_the_focus_goes_to_the_first(
    as_user, seller, many_listings
):
    path = f"/selling?after={many_listings[5]}"
    client = as_user(seller)
    rows = client.get(path, headers={"HX-Request": "true"}).text

    assert "<!doctype" not in rows
    assert rows.count('<ul class="tickets" id="listings">') == 1
    assert f'href="/listings/{many_listings[4]}" autofocus' in rows
    assert rows.count("autofocus") == 1
    assert "autofocus" not in client.get(path).text


def test_a_cursor_that_is_nonsense_shows_the_first_page(as_user, seller, listing):
    for after in ("x", "-1", "99999999999999999999"):
        assert "Blur" in as_user(seller).get(f"/selling?after={after}").text


def test_the_cursor_of_somebody_else_leads_nowhere(as_user, rival, listing):
    assert "Blur" not in as_user(rival).get(f"/selling?after={listing.id}").text
