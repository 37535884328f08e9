"""The pages of webhooks: only their owner sees and changes them, and a secret is shown once."""

import re

import pytest
from flask import current_app
from sqlalchemy import func, select

from app.db import db as _db
from app.db import transaction
from app.integrations import endpoints, fan_out, outgoing
from app.integrations.models import (
    DeliveryStatus,
    DisabledReason,
    WebhookDelivery,
    WebhookEndpoint,
)
from app.orders import reservation

pytestmark = pytest.mark.thorough

SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]+")
URL = "https://example.org/webhooks"
FORM = {"url": URL, "types": ["order.reserved", "order.completed"]}


@pytest.fixture(autouse=True)
def public(app):
    """Every host is somewhere on the internet."""
    client = outgoing.Outgoing(to_this_machine=False, resolver=lambda *_: ["93.184.216.34"])
    app.extensions["outgoing"] = client


@pytest.fixture
def mine(app, buyer):
    """An endpoint of the buyer. Its id."""
    owner_id = buyer.id
    with transaction():
        return endpoints.register(owner_id, URL, FORM["types"]).id


@pytest.fixture
def delivery(mine, listing, buyer):
    """Something that is to be sent to it. Its id."""
    with transaction():
        reservation.reserve(listing.id, buyer.id, 1, 1)
    fan_out.fan_out_due()
    return _db.session.scalars(select(WebhookDelivery.id)).one()


@pytest.fixture
def endpoint(mine):
    def read():
        _db.session.rollback()
        return _db.session.get(WebhookEndpoint, mine, populate_existing=True)

    return read


def count():
    _db.session.rollback()
    return _db.session.scalar(select(func.count()).select_from(WebhookEndpoint))


def actions(mine, delivery=1):
    page = f"/account/webhooks/{mine}"
    return [
        (f"{page}/types", {"types": ["order.closing"]}),
        (f"{page}/secrets", {}),
        (f"{page}/activation", {}),
        (f"{page}/deliveries/{delivery}/repetition", {}),
        (f"{page}/deletion", {}),
    ]


def test_a_new_one_shows_its_secret_once(app, as_user, buyer):
    client = as_user(buyer)
    answer = client.post("/account/webhooks", data=FORM)
    assert answer.status_code == 200
    endpoint = _db.session.scalars(select(WebhookEndpoint)).one()
    assert SECRET.findall(answer.text) == [endpoint.secret]
    assert answer.headers["Cache-Control"] == "no-store"
    for path in ("/account/webhooks", f"/account/webhooks/{endpoint.id}"):
        page = client.get(path).text
        assert URL in page
        assert not SECRET.search(page)


def test_a_new_secret_is_shown_once(as_user, buyer, mine, endpoint):
    client, before = as_user(buyer), endpoint().secret
    answer = client.post(f"/account/webhooks/{mine}/secrets")
    assert SECRET.findall(answer.text) == [endpoint().secret]
    assert endpoint().old_secret == before != endpoint().secret
    assert not SECRET.search(client.get(f"/account/webhooks/{mine}").text)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"url": ""}, "Enter an address"),
        ({"url": "http://example.org/"}, "Enter an address"),
        ({"types": []}, "Choose at least one type"),
        ({"types": ["no.such"]}, "There is no type no.such"),
    ],
)
def test_what_cannot_be_is_said(as_user, buyer, changes, says):
    answer = as_user(buyer).post("/account/webhooks", data=FORM | changes)
    assert answer.status_code == 422
    assert says in answer.text
    assert count() == 0


def test_an_address_in_our_own_network_is_refused(as_user, buyer):
    current_app.extensions["outgoing"].resolver = lambda *_: ["10.1.2.3"]
    answer = as_user(buyer).post("/account/webhooks", data=FORM)
    assert answer.status_code == 422
    assert "private or local" in answer.text
    assert count() == 0


def test_the_eleventh_is_refused(as_user, buyer):
    client = as_user(buyer)
    for _ in range(endpoints.MOST_ENDPOINTS):
        assert client.post("/account/webhooks", data=FORM).status_code == 200
    assert client.post("/account/webhooks", data=FORM).status_code == 422
    assert count() == endpoints.MOST_ENDPOINTS


def test_other_types(as_user, buyer, mine, endpoint):
    client = as_user(buyer)
    answer = client.post(f"/account/webhooks/{mine}/types", data={"types": ["order.closing"]})
    assert answer.status_code == 303
    assert endpoint().types == ["order.closing"]
    assert client.post(f"/account/webhooks/{mine}/types", data={}).status_code == 422
    assert endpoint().types == ["order.closing"]


def test_why_it_is_off_and_switching_it_on(as_user, buyer, mine, endpoint):
    with transaction():
        endpoints.switch_off(_db.session.get_one(WebhookEndpoint, mine), DisabledReason.FAILING)
    client = as_user(buyer)
    assert "more than a day" in client.get(f"/account/webhooks/{mine}").text
    assert client.post(f"/account/webhooks/{mine}/activation").status_code == 303
    assert endpoint().is_enabled


def test_sending_again_and_deleting(as_user, buyer, mine, delivery):
    client = as_user(buyer)
    page = client.get(f"/account/webhooks/{mine}").text
    assert "order.reserved" in page
    assert "Send again" not in page, "it is on its way"
    with transaction():
        _db.session.get_one(WebhookDelivery, delivery).status = DeliveryStatus.DELIVERED
    assert "Send again" in client.get(f"/account/webhooks/{mine}").text
    client.post(f"/account/webhooks/{mine}/deliveries/{delivery}/repetition")
    _db.session.rollback()
    assert _db.session.get_one(WebhookDelivery, delivery).status == DeliveryStatus.PENDING
    assert client.post(f"/account/webhooks/{mine}/deletion").status_code == 303
    assert count() == 0
    assert _db.session.query(WebhookDelivery).count() == 0


@pytest.mark.parametrize("who", ["stranger", "seller", "admin"])
def test_for_anybody_else_it_is_not_there(as_user, request, buyer, mine, delivery, endpoint, who):
    client = as_user(request.getfixturevalue(who))
    before = endpoint().secret, endpoint().types
    assert URL not in client.get("/account/webhooks").text
    assert client.get(f"/account/webhooks/{mine}").status_code == 404
    for path, form in actions(mine, delivery):
        assert client.post(path, data=form).status_code == 404, path
    assert (endpoint().secret, endpoint().types) == before


def test_a_delivery_of_another_endpoint_is_not_there(as_user, buyer, stranger, mine, delivery):
    owner_id = stranger.id
    with transaction():
        theirs = endpoints.register(owner_id, URL, FORM["types"]).id
    path = f"/account/webhooks/{theirs}/deliveries/{delivery}/repetition"
    assert as_user(stranger).post(path).status_code == 404


def test_who_is_signed_out_is_asked_to_sign_in(app, mine):
    client = app.test_client()
    for path in ("/account/webhooks", f"/account/webhooks/{mine}"):
        assert client.get(path).location.startswith("/signin")
    for path, form in [("/account/webhooks", FORM), *actions(mine)]:
        assert "/signin" in client.post(path, data=form).location
    assert count() == 1


def test_no_form_works_without_its_token(app, as_user, buyer, mine, endpoint):
    app.config["WTF_CSRF_ENABLED"] = True
    client = as_user(buyer)
    for path, form in [("/account/webhooks", FORM), *actions(mine)]:
        assert client.post(path, data=form).status_code == 400, path
    assert endpoint() is not None


def test_the_account_leads_there(as_user, buyer):
    assert 'href="/account/webhooks"' in as_user(buyer).get("/account").text


def test_who_names_addresses_all_the_time_has_to_wait(app, as_user, buyer, stranger):
    client = as_user(buyer)
    answers = [client.post("/account/webhooks", data=FORM | {"url": ""}) for _ in range(31)]
    assert {answer.status_code for answer in answers[:-1]} == {422}
    assert answers[-1].status_code == 429
    assert as_user(stranger).post("/account/webhooks", data=FORM).status_code == 200
