import re
from datetime import timedelta
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import pytest

from app import clock
from app.catalog.models import EventStatus
from app.listings.models import Listing, ListingStatus
from app.orders.models import Order

pytestmark = pytest.mark.thorough

HTMX = {"HX-Request": "true"}


@pytest.fixture
def visitor(app):
    return app.test_client()


def form(quantity=1, version=1):
    return {"quantity": quantity, "version": version}


def count_orders(db):
    db.session.rollback()
    return db.session.query(Order).count()


# The page


def test_anyone_sees_the_offer_with_the_price_they_would_pay(visitor, offer):
    listing = offer(tickets=2, section="G", row="12", face_value_cents=4000)

    answer = visitor.get(f"/listings/{listing.id}")
    assert answer.status_code == 200
    # 45.00 and 5 % fee: the price shown first is the price paid.
    for text in ("Blur", "Lichthof", "€47.25", "€45.00", "€2.25", "€7.25 more", "Seller", ">G<"):
        assert text in answer.text
    assert "Reserve</button>" in answer.text
    assert "autofocus" not in answer.text


def test_below_face_value_is_said_too(visitor, offer):
    listing = offer(face_value_cents=6000)

    assert "€12.75 less" in visitor.get(f"/listings/{listing.id}").text


def test_there_is_no_page_for_a_listing_that_never_was(visitor):
    assert visitor.get("/listings/999").status_code == 404


@pytest.mark.parametrize(
    ("split_rule", "tickets", "quantities"),
    [("any", 3, ["1", "2", "3"]), ("pairs", 5, ["2", "4", "5"]), ("together", 4, ["4"])],
)
def test_only_allowed_quantities_can_be_chosen(visitor, offer, split_rule, tickets, quantities):
    listing = offer(tickets=tickets, split_rule=split_rule)

    text = visitor.get(f"/listings/{listing.id}").text
    assert [number for number in "123456789" if f'value="{number}">{number}</option' in text] == (
        quantities
    )


def test_the_chosen_quantity_is_kept_on_the_way_back(visitor, offer):
    text = visitor.get(f"/listings/{offer(tickets=4).id}?quantity=3").text

    assert '<option selected value="3">' in text


def test_nonsense_in_the_address_chooses_nothing(visitor, listing):
    assert visitor.get(f"/listings/{listing.id}?quantity=many").status_code == 200


def test_a_reserved_offer_says_until_when_and_asks_again(visitor, listing, reserve):
    order = reserve(2)

    text = visitor.get(f"/listings/{listing.id}").text
    until = order.expires_at.astimezone(listing.event.venue.zone)
    assert f"until {until:%H:%M} (Berlin time)" in text
    assert "Reserve</button>" not in text
    assert 'hx-trigger="every 10s"' in text
    fragment = visitor.get(f"/listings/{listing.id}", headers=HTMX).text
    assert fragment.lstrip().startswith(f'<div class="split" id="offer-{listing.id}"')


def test_a_deadline_says_whose_clock_it_goes_by(db, visitor, event, listing, reserve):
    event.venue.timezone = "America/New_York"
    db.session.commit()
    order = reserve(2)

    until = order.expires_at.astimezone(ZoneInfo("America/New_York"))
    assert f"until {until:%H:%M} (New York time)" in visitor.get(f"/listings/{listing.id}").text


def test_news_is_morphed_in_so_that_it_takes_no_focus(visitor, listing, reserve):
    reserve(2)

    text = visitor.get(f"/listings/{listing.id}", headers=HTMX).text
    assert 'hx-trigger="every 10s" hx-swap="outerMorph"' in text
    assert "autofocus" not in text


def test_many_seats_are_told_in_few_words(visitor, offer):
    assert ">1\N{EN DASH}50</dd>" in visitor.get(f"/listings/{offer(tickets=50).id}").text


def test_notes_keep_their_lines(visitor, offer):
    listing = offer(notes="Blocked view.\nBring a cushion.")

    text = visitor.get(f"/listings/{listing.id}").text
    assert '<p class="as-written">Blocked view.\nBring a cushion.</p>' in text


@pytest.mark.parametrize("somebody", ["visitor", "seller"])
def test_what_is_in_the_page_is_there_once(request, app, as_user, listing, somebody):
    user = None if somebody == "visitor" else request.getfixturevalue(somebody)
    client = as_user(user) if user else app.test_client()

    ids = re.findall(r' id="([^"]+)"', client.get(f"/listings/{listing.id}").text)
    assert len(ids) == len(set(ids))


def test_after_the_deadline_the_payment_is_being_checked(visitor, listing, reserve, later):
    reserve(2)
    later(minutes=15, seconds=1)

    text = visitor.get(f"/listings/{listing.id}").text
    assert "payment is being checked" in text
    assert "Reserve</button>" not in text


def test_a_sold_offer_no_longer_asks_for_news(visitor, listing, reserve, pay):
    pay(reserve(2))

    text = visitor.get(f"/listings/{listing.id}").text
    assert "All tickets of this offer are sold" in text
    assert "hx-trigger" not in text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda listing: setattr(listing, "status", ListingStatus.WITHDRAWN), "withdrawn"),
        (lambda listing: setattr(listing.event, "status", EventStatus.CANCELLED), "is cancelled"),
        (lambda listing: setattr(listing.event, "starts_at", clock.now()), "has begun"),
    ],
)
def test_what_is_not_for_sale_says_why(db, visitor, listing, change, words):
    change(listing)
    db.session.commit()

    text = visitor.get(f"/listings/{listing.id}").text
    assert words in text
    assert "Reserve</button>" not in text


def test_a_withdrawn_offer_is_stamped_so_and_not_as_cancelled(db, visitor, listing):
    listing.status = ListingStatus.WITHDRAWN
    db.session.commit()

    text = visitor.get(f"/listings/{listing.id}").text
    assert ">Withdrawn</span>" in text
    assert "Cancelled" not in text


def test_while_somebody_pays_sellers_read_until_when_they_cannot_change_it(
    as_user, seller, listing, reserve
):
    order = reserve(1)

    text = as_user(seller).get(f"/listings/{listing.id}").text
    until = order.expires_at.astimezone(listing.event.venue.zone)
    assert f"A buyer has reserved tickets of this offer until {until:%H:%M} (Berlin time)." in text
    assert "Withdraw</button>" not in text


def test_sellers_find_edit_and_withdraw_instead_of_reserve(as_user, seller, listing):
    text = as_user(seller).get(f"/listings/{listing.id}").text

    assert "Withdraw</button>" in text
    assert "Reserve</button>" not in text


def test_buyers_find_the_way_back_to_their_reservation(as_user, buyer, offer, reserve):
    listing = offer(tickets=3)
    order = reserve(of=listing)

    assert f"/orders/{order.public_id}" in as_user(buyer).get(f"/listings/{listing.id}").text
    assert "Reserve</button>" in as_user(buyer).get(f"/listings/{listing.id}").text


# Reserving


def test_reserving_leads_to_the_order(as_user, buyer, listing, db):
    client = as_user(buyer)
    answer = client.post(f"/listings/{listing.id}/reservations", data=form(2))

    db.session.rollback()
    order = db.session.scalars(db.select(Order)).one()
    assert (order.buyer_id, order.quantity) == (buyer.id, 2)
    assert (answer.status_code, answer.location) == (303, f"/orders/{order.public_id}")
    assert "Buy now and pay" in client.get(answer.location).text


def test_htmx_is_sent_to_the_order(as_user, buyer, listing):
    answer = as_user(buyer).post(f"/listings/{listing.id}/reservations", data=form(), headers=HTMX)

    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"].startswith("/orders/")


def test_the_signed_out_sign_in_and_come_back_with_their_quantity(visitor, listing, db):
    answer = visitor.post(f"/listings/{listing.id}/reservations", data=form(2))

    assert answer.status_code == 303
    assert unquote(answer.location) == f"/signin?next=/listings/{listing.id}?quantity=2"
    assert count_orders(db) == 0


def test_a_lost_race_is_said_in_place(as_user, buyer, rival, reserve, offer):
    listing = offer(tickets=3)
    reserve(2, by=rival, of=listing)

    answer = as_user(buyer).post(f"/listings/{listing.id}/reservations", data=form(2), headers=HTMX)
    assert answer.status_code == 409
    assert "Someone was faster" in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert " autofocus " in answer.text
    # What is left can be chosen now.
    assert 'value="1">1</option' in answer.text
    assert 'value="2"' not in answer.text
    assert "<!doctype" not in answer.text


def test_without_javascript_the_refusal_comes_with_its_page(
    as_user, buyer, rival, reserve, listing
):
    reserve(2, by=rival)

    answer = as_user(buyer).post(f"/listings/{listing.id}/reservations", data=form())
    assert answer.status_code == 409
    assert "<!doctype html>" in answer.text
    assert "Someone was faster" in answer.text


def test_a_changed_offer_comes_back_as_it_is_now(as_user, db, buyer, listing):
    db.session.get(Listing, listing.id).price_cents = 9900
    listing.version = 2
    db.session.commit()

    answer = as_user(buyer).post(f"/listings/{listing.id}/reservations", data=form(), headers=HTMX)
    assert answer.status_code == 409
    assert "has just changed this offer" in answer.text
    assert "€103.95" in answer.text
    assert 'name="version" type="hidden" value="2"' in answer.text
    assert count_orders(db) == 0


def test_an_offer_that_is_gone_still_says_why_it_was_refused(as_user, db, buyer, listing):
    listing.status, listing.version = ListingStatus.WITHDRAWN, 2
    db.session.commit()

    answer = as_user(buyer).post(f"/listings/{listing.id}/reservations", data=form())
    assert answer.status_code == 409
    assert "has just changed this offer" in answer.text
    assert "The seller has withdrawn this offer" in answer.text


def test_a_refusal_takes_the_focus_where_the_form_is_gone(as_user, buyer, rival, reserve, listing):
    reserve(2, by=rival)

    answer = as_user(buyer).post(f"/listings/{listing.id}/reservations", data=form(), headers=HTMX)
    assert f'id="state-{listing.id}" tabindex="-1" autofocus>' in answer.text
    assert answer.text.count("autofocus") == 1


@pytest.mark.parametrize("quantity", ["0", "3", "-1", "many", "99999999999999999999"])
def test_a_quantity_that_cannot_be_is_refused(as_user, db, buyer, offer, quantity):
    listing = offer(tickets=5, split_rule="pairs")

    answer = as_user(buyer).post(f"/listings/{listing.id}/reservations", data=form(quantity))
    assert answer.status_code == (409 if len(quantity) > 4 and quantity[0] == "9" else 422)
    assert count_orders(db) == 0


@pytest.mark.parametrize("data", [{}, {"quantity": 1}, {"quantity": 1, "version": "new"}])
def test_an_incomplete_form_reserves_nothing(as_user, db, buyer, listing, data):
    answer = as_user(buyer).post(f"/listings/{listing.id}/reservations", data=data)

    assert answer.status_code == 422
    assert count_orders(db) == 0


def test_sellers_cannot_reserve_what_they_sell(as_user, db, seller, listing):
    answer = as_user(seller).post(f"/listings/{listing.id}/reservations", data=form())

    assert answer.status_code == 403
    assert "These are your own tickets" in answer.text
    assert count_orders(db) == 0


def test_nothing_is_reserved_of_a_listing_that_never_was(as_user, buyer):
    assert as_user(buyer).post("/listings/999/reservations", data=form()).status_code == 404


def test_a_second_click_is_a_second_reservation_until_the_limit(as_user, db, buyer, offer):
    listing = offer(tickets=8)
    client = as_user(buyer)

    answers = [
        client.post(f"/listings/{listing.id}/reservations", data=form()).status_code
        for _ in range(5)
    ]
    assert answers == [303, 303, 303, 303, 409]


def test_too_late_is_too_late(as_user, buyer, listing, later):
    later(days=31)

    answer = as_user(buyer).post(f"/listings/{listing.id}/reservations", data=form())
    assert answer.status_code == 409
    assert "over or cancelled" in answer.text


def test_the_time_of_an_event_that_is_to_be_announced_is_not_made_up(db, visitor, event, listing):
    event.time_announced, event.starts_at = False, clock.now() + timedelta(days=2)
    db.session.commit()

    assert "Time not announced yet" in visitor.get(f"/listings/{listing.id}").text


def test_the_page_needs_few_queries(as_user, buyer, listing, reserve, statements):
    reserve()
    client = as_user(buyer)

    with statements() as run:
        client.get(f"/listings/{listing.id}")
    assert len(run) <= 8


def test_a_number_no_listing_can_have_is_not_found(visitor):
    assert visitor.get("/listings/99999999999999999999").status_code == 404
