"""Webhook endpoints over the API: what the page does, for programs, and only for their owner."""

import pytest
from sqlalchemy import func, select
from standardwebhooks import Webhook

from app.db import db as _db
from app.db import transaction
from app.integrations import endpoints, fan_out, outgoing, sending
from app.integrations.models import WebhookDelivery, WebhookEndpoint
from app.orders import reservation
from tests.integrations.receivers import Receiver
from tests.support.programs import Program, kind_of, places_of

pytestmark = pytest.mark.thorough

URL = "https://example.org/webhooks"
NEW = {"url": URL, "types": ["order.reserved"]}
PATH = "/webhook-endpoints"


@pytest.fixture(autouse=True)
def public(app):
    """Every host is somewhere on the internet."""
    client = outgoing.Outgoing(to_this_machine=False, resolver=lambda *_: ["93.184.216.34"])
    app.extensions["outgoing"] = client
    return client


@pytest.fixture
def program(app, buyer):
    return Program(app, buyer)


@pytest.fixture
def mine(program):
    """The path of an endpoint of the buyer."""
    return f"{PATH}/{program.post(PATH, NEW).json['id']}"


@pytest.fixture
def sent(app, mine, public, listing, buyer):
    """Something was sent to it. The path of the delivery."""
    with transaction():
        reservation.reserve(listing.id, buyer.id, 1, 1)
    receiver = Receiver()
    public.to_this_machine = True
    public.resolver = lambda *_: ["127.0.0.1"]
    with transaction():
        _db.session.scalars(select(WebhookEndpoint)).one().url = receiver.url
    fan_out.fan_out_due()
    assert sending.send_due(15) == 1
    receiver.close()
    return f"{mine}/deliveries/{_db.session.scalars(select(WebhookDelivery.id)).one()}"


def count():
    _db.session.rollback()
    return _db.session.scalar(select(func.count()).select_from(WebhookEndpoint))


def test_a_new_one(program):
    answer = program.post(PATH, NEW)
    assert answer.status_code == 201
    body = answer.json
    assert Webhook(body.pop("secret"))
    assert answer.headers["Location"] == f"/api/v1{PATH}/{body['id']}"
    assert body == {
        "id": body["id"],
        "url": URL,
        "types": ["order.reserved"],
        "status": "enabled",
        "disabled_reason": None,
        "disabled_at": None,
        "last_success_at": None,
        "created_at": body["created_at"],
    }
    assert program.get(f"{PATH}/{body['id']}").json == body
    assert program.get(PATH).json == {"items": [body], "next_cursor": None}


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"url": "http://example.org/"}, "/url"),
        ({"url": "nonsense"}, "/url"),
        ({"url": None}, "/url"),
        ({"types": []}, "/types"),
        ({"types": ["no.such"]}, "/types/0"),
        ({"owner_id": 7}, "/owner_id"),
        ({"secret": "whsec_mine"}, "/secret"),
        ({"status": "disabled"}, "/status"),
    ],
)
def test_what_cannot_be_is_refused(program, changes, place):
    answer = program.post(PATH, NEW | changes)
    assert (answer.status_code, places_of(answer)) == (422, [place])
    assert count() == 0


def test_an_address_in_our_own_network_is_refused(program, public, mine):
    public.resolver = lambda *_: ["169.254.169.254"]
    assert places_of(program.post(PATH, NEW)) == ["/url"]
    assert places_of(program.patch(mine, {"url": URL})) == ["/url"]


def test_the_eleventh_is_refused(program):
    for _ in range(endpoints.MOST_ENDPOINTS):
        assert program.post(PATH, NEW).status_code == 201
    assert program.post(PATH, NEW).status_code == 409


def test_changing(program, mine):
    answer = program.patch(mine, {"url": f"{URL}/2", "types": ["order.closing"]})
    assert (answer.json["url"], answer.json["types"]) == (f"{URL}/2", ["order.closing"])
    off = program.patch(mine, {"status": "disabled"}).json
    assert (off["status"], off["disabled_reason"]) == ("disabled", "owner")
    assert off["disabled_at"]
    on = program.patch(mine, {"status": "enabled"}).json
    assert (on["status"], on["disabled_reason"], on["disabled_at"]) == ("enabled", None, None)
    assert program.patch(mine, {}).json == on
    for name in ("url", "types", "status"):
        assert places_of(program.patch(mine, {name: None})) == [f"/{name}"]


def test_rotating_the_secret(program, mine):
    first, second = (program.post(f"{mine}/secret") for _ in range(2))
    assert first.status_code == 201
    assert first.json["secret"] != second.json["secret"]
    assert "secret" not in program.get(mine).json


def test_the_log_and_sending_again(program, mine, sent):
    [delivery] = program.get(f"{mine}/deliveries").json["items"]
    assert (delivery["type"], delivery["status"]) == ("order.reserved", "delivered")
    [attempt] = delivery["attempts"]
    assert (attempt["status_code"], attempt["trouble"]) == (204, None)
    again = program.post(f"{sent}/resend")
    assert (again.status_code, again.json["status"]) == (202, "pending")
    program.patch(mine, {"status": "disabled"})
    assert program.post(f"{sent}/resend").status_code == 409


def test_the_log_comes_page_by_page(app, program, mine, offer, buyer):
    for _ in range(3):
        with transaction():
            reservation.reserve(offer().id, buyer.id, 1, 1)
    fan_out.fan_out_due()
    seen, cursor = [], ""
    while cursor is not None:
        page = program.get(f"{mine}/deliveries?limit=2{cursor and f'&cursor={cursor}'}").json
        seen += [each["id"] for each in page["items"]]
        cursor = page["next_cursor"]
    assert seen == [3, 2, 1]
    assert program.get(f"{mine}/deliveries?cursor=nonsense").status_code == 422
    assert program.get(f"{mine}/deliveries?limit=0").status_code == 422


def test_deleting(program, mine, sent):
    assert program.delete(mine).status_code == 204
    assert count() == 0
    assert program.get(mine).status_code == 404
    assert program.delete(mine).status_code == 404


CALLS = [
    ("GET", "", None),
    ("PATCH", "", {"status": "disabled"}),
    ("DELETE", "", None),
    ("POST", "/secret", None),
    ("GET", "/deliveries", None),
    ("POST", "/deliveries/1/resend", None),
]


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
@pytest.mark.parametrize("who", ["stranger", "seller", "admin"])
def test_for_anybody_else_it_is_not_there(app, request, mine, sent, who, method, path, body):
    before = _db.session.scalars(select(WebhookEndpoint.secret)).one()
    other = Program(app, request.getfixturevalue(who))
    assert other.get(PATH).json["items"] == []
    answer = other.call(method, f"{mine}{path}", json=body)
    assert (answer.status_code, kind_of(answer)) == (404, "not-found")
    _db.session.rollback()
    endpoint = _db.session.scalars(select(WebhookEndpoint)).one()
    assert (endpoint.secret, endpoint.status) == (before, "enabled")


@pytest.mark.parametrize(("method", "path", "body"), [*CALLS, ("POST", None, NEW)])
def test_without_a_token_nothing_is_told(app, mine, method, path, body):
    address = PATH if path is None else f"{mine}{path}"
    assert Program(app).call(method, address, json=body).status_code == 401
    assert count() == 1
