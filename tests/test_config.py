"""A missing or foolish variable stops the start with a sentence that says which and why."""

import pytest

from app.config import ConfigError, load

PRODUCTION = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "x" * 40,
    "PUBLIC_URL": "https://tickets.example.org",
    "DATABASE_URL": "postgres://user:pw@db/ticketbay",
    "REDIS_URL": "rediss://:pw@redis:6380",
    "STRIPE_SECRET_KEY": "sk_live_1",
    "STRIPE_WEBHOOK_SECRET": "whsec_1, whsec_2",
}


def test_development_needs_nothing():
    settings = load({})
    assert settings.port == 8000
    assert settings.public_url == "http://localhost:8000"
    assert settings.order_hold_seconds == 900
    assert settings.buyer_fee_bps == 500
    assert settings.stripe_api_base


def test_production_as_it_should_be():
    settings = load(PRODUCTION)
    assert settings.database_url == "postgresql+psycopg://user:pw@db/ticketbay"
    assert settings.stripe_webhook_secret == ("whsec_1", "whsec_2")
    assert settings.stripe_livemode
    assert settings.public_host == "tickets.example.org"


@pytest.mark.parametrize(
    ("variable", "value", "reason"),
    [
        ("PORT", "eighty", "PORT"),
        ("PORT", "70000", "PORT"),
        ("ORDER_HOLD_SECONDS", "9", "ORDER_HOLD_SECONDS"),
        ("ORDER_HOLD_SECONDS", "82800", "23 hours"),
        ("PAYMENT_GRACE_SECONDS", "-1", "PAYMENT_GRACE_SECONDS"),
        ("SWEEP_SECONDS", "0", "SWEEP_SECONDS"),
        ("BUYER_FEE_BPS", "1.5", "BUYER_FEE_BPS"),
        ("BUYER_FEE_BPS", "9000", "BUYER_FEE_BPS"),
        ("CURRENCY", "JPY", "two decimals"),
        ("CURRENCY", "EURO", "ISO 4217"),
        ("DATABASE_URL", "mysql://x", "postgresql://"),
        ("REDIS_URL", "http://x", "redis://"),
        ("PUBLIC_URL", "tickets.example.org", "PUBLIC_URL"),
        ("STRIPE_SECRET_KEY", "pk_test_1", "STRIPE_SECRET_KEY"),
        ("RATELIMIT_ENABLED", "maybe", "RATELIMIT_ENABLED"),
        ("ENVIRONMENT", "staging", "ENVIRONMENT"),
        ("CONTACT_EMAIL", "nobody", "CONTACT_EMAIL"),
    ],
)
def test_nonsense_stops_the_start(variable, value, reason):
    with pytest.raises(ConfigError, match=reason):
        load({variable: value})


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"PUBLIC_URL": "http://tickets.example.org"}, "PUBLIC_URL"),
        ({"PUBLIC_URL": ""}, "PUBLIC_URL"),
        ({"STRIPE_SECRET_KEY": ""}, "STRIPE_SECRET_KEY"),
        ({"STRIPE_WEBHOOK_SECRET": ""}, "STRIPE_WEBHOOK_SECRET"),
        ({"STRIPE_SECRET_KEY": "sk_test_1", "STRIPE_API_BASE": "http://127.0.0.1:1"}, "simulator"),
        ({"STRIPE_API_BASE": "http://127.0.0.1:1"}, "live key"),
        ({"DATABASE_URL": "sqlite:///x.sqlite"}, "SQLite"),
        ({"WEBHOOKS_TO_THIS_MACHINE": "true"}, "WEBHOOKS_TO_THIS_MACHINE"),
    ],
)
def test_production_refuses_what_only_a_laptop_may(changes, reason):
    with pytest.raises(ConfigError, match=reason):
        load(PRODUCTION | changes)


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("CURRENCY", "jpy", "CURRENCY is 'jpy': JPY does not have two decimals"),
        ("CURRENCY", "euro", "CURRENCY is 'euro': no country pays with EURO"),
        ("CURRENCY", "XXX", "no country pays with XXX"),
        ("CURRENCY", "XAU", "no country pays with XAU"),
        ("PORT", "eighty", "PORT is 'eighty': input should be a valid integer"),
        ("DATABASE_URL", "postgresql://h:notaport/x", "DATABASE_URL must be an address such as"),
        ("REDIS_URL", "redis://h:notaport/0", "REDIS_URL must be an address such as"),
        ("PUBLIC_URL", "http://h:notaport", "PUBLIC_URL must be an address such as"),
        ("STRIPE_WEBHOOK_SECRET", ",,", "STRIPE_WEBHOOK_SECRET must hold a secret"),
        ("STRIPE_SECRET_KEY", "sk_live_1", "STRIPE_SECRET_KEY is a live key"),
        ("STRIPE_SECRET_KEY", "rk_live_1", "STRIPE_SECRET_KEY is a live key"),
    ],
)
def test_the_sentence_says_which_and_why(variable, value, sentence):
    with pytest.raises(ConfigError) as caught:
        load({variable: value})
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DATABASE_URL", "mysql://bob:hunter2@db/x"),
        ("DATABASE_URL", "postgresql://bob:hunter2@db:notaport/x"),
        ("DATABASE_URL", "postgresql://db:hunter2/x"),
        ("REDIS_URL", "http://:hunter2@redis"),
        ("REDIS_URL", "redis://:hunter2@redis:notaport"),
        ("PUBLIC_URL", "ftp://bob:hunter2@tickets.example.org"),
        ("PUBLIC_URL", "http://bob:hunter2"),
        ("STRIPE_API_BASE", "bob:hunter2@localhost"),
        ("STRIPE_SECRET_KEY", "hunter2"),
    ],
)
def test_a_password_is_never_shown(variable, value):
    with pytest.raises(ConfigError, match=variable) as caught:
        load({variable: value})
    assert "hunter2" not in str(caught.value)


def test_no_secret_is_seen_where_settings_are_printed():
    shown = repr(load(PRODUCTION))
    assert not [secret for secret in ("pw", "xxxx", "sk_live", "whsec") if secret in shown]
    assert "port=8000" in shown


@pytest.mark.parametrize("port", [" 8001", "8001\n", "08001"])
def test_the_address_has_the_port_that_is_listened_on(port):
    settings = load({"PORT": port})
    assert (settings.port, settings.public_url) == (8001, "http://localhost:8001")


def test_every_wrong_variable_is_named_at_once():
    with pytest.raises(ConfigError) as caught:
        load({"PORT": "x", "SWEEP_SECONDS": "x"})
    assert "PORT" in str(caught.value)
    assert "SWEEP_SECONDS" in str(caught.value)
