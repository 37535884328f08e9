"""The doors to paying, each tried by the buyer, a stranger, the signed out and the late."""

import pytest

from app import schedule
from app.orders.models import OrderStatus


def checkout_address(order):
    return f"/orders/{order.public_id}/checkout"


def test_paying_leads_to_the_payment_page_by_a_plain_redirect(
    as_user, buyer, reserved, order_of, stripe
):
    answer = as_user(buyer).post(checkout_address(order_of(reserved())))
    assert answer.status_code == 303
    (session,) = stripe.objects("checkout.session").values()
    assert answer.location == session["url"]


def test_htmx_is_told_to_leave_for_the_payment_page(as_user, buyer, reserved, order_of, stripe):
    answer = as_user(buyer).post(
        checkout_address(order_of(reserved())), headers={"HX-Request": "true"}
    )
    (session,) = stripe.objects("checkout.session").values()
    assert answer.headers["HX-Redirect"] == session["url"]


def test_a_stranger_finds_nothing(as_user, stranger, reserved, order_of, stripe):
    public_id = order_of(reserved()).public_id
    client = as_user(stranger)
    assert client.post(f"/orders/{public_id}/checkout").status_code == 404
    assert client.get(f"/orders/{public_id}/return").status_code == 404
    assert stripe.requests() == []


def test_the_signed_out_sign_in_and_come_back_to_the_order(app, reserved, order_of, stripe):
    public_id = order_of(reserved()).public_id
    answer = app.test_client().post(f"/orders/{public_id}/checkout")
    assert answer.status_code == 303
    assert answer.location.startswith("/signin?next=")
    assert public_id in answer.location


def test_the_late_are_told_so_on_the_page_of_their_order(
    as_user, buyer, reserved, order_of, stripe, later
):
    order = order_of(reserved())
    client, address = as_user(buyer), checkout_address(order)
    page = f"/orders/{order.public_id}"
    assert "Buy now and pay" in client.get(page).text
    for late in (14.5, 16):
        later(minutes=late)
        answer = client.post(address)
        assert answer.status_code == 409
        assert "too little time" in answer.text
        assert f'id="order-{order.public_id}"' in answer.text
        assert "Buy now and pay" not in answer.text


def test_who_has_begun_to_pay_may_go_on_until_the_end(
    as_user, buyer, begun, order_of, stripe, later
):
    order_id, _ = begun()
    client, address = as_user(buyer), checkout_address(order_of(order_id))
    later(minutes=14, seconds=50)
    answer = client.post(address)
    assert answer.status_code == 303
    (session,) = stripe.objects("checkout.session").values()
    assert answer.location == session["url"]
    later(minutes=15, seconds=1)
    assert client.post(address).status_code == 409


def test_while_stripe_is_away_nothing_is_charged_and_the_page_says_so(
    as_user, buyer, reserved, order_of, stripe
):
    address = checkout_address(order_of(reserved()))
    stripe.fail("500", path="/v1/checkout/sessions")
    client = as_user(buyer)
    answer = client.post(address)
    assert answer.status_code == 503
    assert "Nothing was charged" in answer.text
    assert "Buy now and pay" in answer.text, "in place, to try again"
    assert client.post(address).status_code == 303


@pytest.mark.parametrize("skip", [0, 1])
def test_a_click_after_paying_while_stripe_is_away_does_not_say_that_nothing_was_charged(
    skip, as_user, buyer, begun, order_of, stripe
):
    order_id, session_id = begun()
    stripe.pay(session_id)
    stripe.fail("500", skip=skip)
    client = as_user(buyer)
    answer = client.post(checkout_address(order_of(order_id)))
    assert answer.status_code == 503
    assert "whether you have paid" in answer.text
    assert "Nothing was charged" not in answer.text
    client.post(checkout_address(order_of(order_id)))
    assert order_of(order_id).status == OrderStatus.COMPLETED


def test_coming_back_settles_and_shows_the_tickets(as_user, buyer, begun, order_of, stripe):
    order_id, session_id = begun()
    stripe.pay(session_id)
    public_id = order_of(order_id).public_id
    client = as_user(buyer)
    answer = client.get(f"/orders/{public_id}/return?session_id={session_id}")
    assert answer.status_code == 303
    assert answer.location == f"/orders/{public_id}"
    assert order_of(order_id).status == OrderStatus.COMPLETED


def test_coming_back_while_stripe_is_away_the_payment_is_being_checked(
    as_user, buyer, begun, order_of, stripe
):
    order_id, session_id = begun()
    stripe.pay(session_id)
    client, address = as_user(buyer), f"/orders/{order_of(order_id).public_id}"
    stripe.fail("500", path="/v1/checkout/sessions/*")
    answer = client.get(f"{address}/return")
    assert answer.status_code == 303
    for page in (address, "/orders"):
        text = client.get(page).text
        assert "being checked" in text
        assert ("noscript" in text) == (page == address), "the order's page asks again by itself"
        assert "Buy now and pay" not in text

    schedule.run("follow-up")
    assert order_of(order_id).status == OrderStatus.COMPLETED


def test_once_stripe_says_that_nothing_is_paid_the_buyer_may_pay(
    as_user, buyer, begun, order_of, stripe
):
    order_id, _ = begun()
    client, address = as_user(buyer), f"/orders/{order_of(order_id).public_id}"
    stripe.fail("500", path="/v1/checkout/sessions/*")
    client.get(f"{address}/return")
    assert "Buy now and pay" not in client.get(address).text

    schedule.run("follow-up")
    assert "Buy now and pay" in client.get(address).text


def test_the_return_address_of_another_session_completes_nothing(
    as_user, buyer, rival, begun, offer, order_of, stripe
):
    mine, _ = begun(listing=offer())
    _, theirs = begun(buyer=rival)
    stripe.pay(theirs)
    public_id = order_of(mine).public_id
    as_user(buyer).get(f"/orders/{public_id}/return?session_id={theirs}")
    assert order_of(mine).status == OrderStatus.AWAITING_PAYMENT
