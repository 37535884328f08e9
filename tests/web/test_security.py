"""Headers, hosts, Origin and CSRF: tried on every page there is."""

import pytest
from flask import Flask

from app import create_app
from app.config import load
from tests.support.addresses import addresses
from tests.support.signing_in import sign_in_as

PRODUCTION = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "a text of more than thirty-two characters",
    "PUBLIC_URL": "https://tickets.example.org",
    "STRIPE_SECRET_KEY": "sk_test_1",
    "STRIPE_WEBHOOK_SECRET": "whsec_1",
    "WEB_CONCURRENCY": "1",
}


def pages(app: Flask) -> list[str]:
    """An address for each route that can be looked at. Most ids lead to no row: a page, too."""
    return [*addresses(app), "/no/such/page", "/signout"]


def test_every_answer_says_what_may_be_loaded_and_kept(app, buyer):
    for who, client in (("nobody", app.test_client()), ("buyer", sign_in_as(app, buyer))):
        for path in pages(app):
            headers = client.get(path).headers
            where = f"{path} for {who}"
            assert "script-src 'self';" in headers["Content-Security-Policy"], where
            assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], where
            assert "unsafe" not in headers["Content-Security-Policy"], where
            assert headers["X-Content-Type-Options"] == "nosniff", where
            assert headers["Referrer-Policy"] == "same-origin", where
            assert headers["X-Request-ID"], where
            if not headers["Cache-Control"].startswith("public"):
                vary = {name.strip() for name in headers["Vary"].split(",")}
                assert {"Cookie", "Accept-Language", "HX-Request"} <= vary, where


def test_pages_of_somebody_signed_in_are_not_kept(app, buyer):
    assert sign_in_as(app, buyer).get("/account").headers["Cache-Control"] == "no-store"
    assert app.test_client().get("/signin").headers["Cache-Control"] == "no-store"


def test_forms_may_end_at_the_payment_page_and_its_stand_in(app):
    policy = app.test_client().get("/livez").headers["Content-Security-Policy"]
    assert (
        "form-action 'self' https://checkout.stripe.com"
        " http://127.0.0.1:4242 http://localhost:4242;" in policy
    )


def test_a_changed_file_has_another_address_and_is_kept_for_a_year(app):
    client = app.test_client()
    with app.test_request_context():
        address = app.url_for("static", filename="css/app.css")
    assert "immutable" in client.get(address).headers["Cache-Control"]
    assert client.get("/static/css/app.css?v=old").headers["Cache-Control"] == "no-cache"


def test_production_sends_the_cookie_by_https_only(tmp_path):
    app = create_app(load(PRODUCTION | {"DATABASE_URL": f"sqlite:///{tmp_path}/x.sqlite"}))
    answer = app.test_client().get("/signin", base_url="https://tickets.example.org")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
    assert "localhost" not in answer.headers["Content-Security-Policy"]
    assert app.test_client().get("/signin", base_url="https://localhost").status_code == 400


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8000", 200),
        ("127.0.0.1:9", 200),
        ("[::1]:8000", 200),
        ("evil.example", 400),
        ("localhost.evil.example", 400),
        ("localhost:8000@evil.example", 400),
    ],
)
def test_only_our_host_is_answered(app, host, status):
    assert app.test_client().get("/signin", headers={"Host": host}).status_code == status


def test_probes_need_not_know_our_name(app):
    assert app.test_client().get("/livez", headers={"Host": "10.1.2.3"}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_form_on_another_site_is_refused(app, buyer, headers):
    client = sign_in_as(app, buyer)
    assert client.post("/signout", headers=headers).status_code == 403
    assert client.get("/account").status_code == 200


def test_our_own_origin_is_welcome(app):
    headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert app.test_client().post("/signout", headers=headers).status_code == 303


def test_without_a_token_nothing_is_changed(app, buyer, rival):
    app.config["WTF_CSRF_ENABLED"] = True
    client = sign_in_as(app, buyer)
    answer = client.post("/signout")
    assert answer.status_code == 400
    assert "out of date" in answer.text
    assert "HX-Refresh" not in answer.headers
    by_htmx = client.post("/signout", headers={"HX-Request": "true"})
    assert by_htmx.headers["HX-Refresh"] == "true"
    theirs = _token(sign_in_as(app, rival))
    assert client.post("/signout", data={"csrf_token": theirs}).status_code == 400
    assert client.get("/account").status_code == 200
    assert client.post("/signout", headers={"X-CSRFToken": _token(client)}).status_code == 303


def test_what_is_too_large_is_refused(app):
    answer = app.test_client().post("/signin", data={"email": "x" * 2_000_000})
    assert answer.status_code == 413


def _token(client) -> str:
    return (
        client.get("/account").text.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    )
