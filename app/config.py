"""Every environment variable, once, typed. A missing or foolish one stops the start."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from babel.core import get_global
from babel.numbers import get_currency_precision, get_territory_currencies
from flask import current_app
from pydantic import (
    BaseModel,
    ConfigDict,
    EmailStr,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)
from redis import ConnectionPool
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

ROOT = Path(__file__).resolve().parent.parent
DEVELOPMENT_SECRET = "development only, never for a site that strangers can reach"
SIMULATOR_KEY = "sk_test_simulator"
SIMULATOR_WEBHOOK_SECRET = "whsec_simulator"
LONGEST_HOLD_SECONDS = 23 * 3600  # a Checkout Session lives 24 hours at most


class ConfigError(Exception):
    """Says in one sentence per line which variable is wrong and why."""


def _local_address(known: dict[str, Any]) -> str:
    """Where this machine finds the site. In production the address has to be given."""
    in_development = known.get("environment") == "development"
    return f"http://localhost:{known.get('port')}" if in_development else ""


class Settings(BaseModel):
    """One field per environment variable, of the same name in capitals.

    docs/configuration.md describes each one; a test compares the two. The value of one with
    `repr=False` may hold a password and is shown nowhere, not even to say that it is wrong.
    """

    model_config = ConfigDict(frozen=True)

    environment: Literal["development", "production"] = "development"
    port: int = Field(8000, ge=1, le=65535)
    public_url: str = Field(default_factory=_local_address, repr=False)
    secret_key: str = Field("", repr=False)
    database_url: str = Field(f"sqlite:///{ROOT}/var/ticketbay.sqlite", repr=False)
    redis_url: str = Field("redis://127.0.0.1:6379/0", repr=False)
    redis_tls_verify: bool = True
    web_concurrency: int = Field(2, ge=1, le=64)
    web_threads: int = Field(4, ge=1, le=64)
    proxy_hops: int = Field(0, ge=0, le=5)
    stripe_secret_key: str = Field("", repr=False)
    stripe_webhook_secret: tuple[str, ...] = Field((), repr=False)
    stripe_api_base: str | None = Field(None, repr=False)
    order_hold_seconds: int = Field(900, ge=10)
    payment_grace_seconds: int = Field(120, ge=0)
    sweep_seconds: int = Field(10, ge=1, le=60)
    buyer_fee_bps: int = Field(500, ge=0, le=5000)
    currency: str = "EUR"
    event_stream: str = Field("ticketbay:events", min_length=1, max_length=200)
    event_stream_length: int = Field(100_000, ge=1000, le=200_000)
    webhooks_to_this_machine: bool = False
    ratelimit_enabled: bool = True
    contact_email: EmailStr | None = None
    operator_name: str | None = None
    operator_address: tuple[str, ...] = ()
    operator_represented_by: str | None = None
    operator_phone: str | None = None
    operator_register: str | None = None
    operator_vat_id: str | None = None
    operator_authority: str | None = None
    operator_editor: str | None = None
    privacy_contact: str | None = None
    data_processors: tuple[str, ...] = ()
    dispute_body: str | None = None
    accessibility_authority: str | None = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @property
    def is_production(self) -> bool:
        return self.environment == "production"

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def stripe_livemode(self) -> bool:
        """Whether Stripe's objects must come from live mode: the key decides."""
        return "_live_" in self.stripe_secret_key

    @property
    def public_host(self) -> str:
        """Host and port of PUBLIC_URL, as a browser sends them."""
        return urlsplit(self.public_url).netloc

    @field_validator("stripe_webhook_secret", mode="before")
    @classmethod
    def _several_secrets(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        secrets = tuple(part.strip() for part in value.split(",") if part.strip())
        if not secrets:
            raise ValueError("must hold a secret beside its commas")
        return secrets

    @field_validator("operator_address", "data_processors", mode="before")
    @classmethod
    def _several_lines(cls, value: Any) -> Any:
        # Not every platform lets a variable have several lines; addresses may have commas.
        if not isinstance(value, str):
            return value
        return tuple(line.strip() for line in re.split(r"[;\n]", value) if line.strip())

    @field_validator("database_url")
    @classmethod
    def _driver_named(cls, value: str) -> str:
        # Heroku still says postgres://, SQLAlchemy wants the driver in the scheme.
        value = re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", value)
        if not value.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("must begin with sqlite:///, postgresql:// or postgres://")
        try:
            make_url(value)
        except (ArgumentError, ValueError):  # its own words would show parts of the password
            example = "postgresql://user:password@host:5432/ticketbay"
            raise ValueError(f"must be an address such as {example}") from None
        return value

    @field_validator("redis_url")
    @classmethod
    def _redis_scheme(cls, value: str) -> str:
        if not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("must begin with redis://, rediss:// or unix://")
        try:
            ConnectionPool.from_url(value)
        except ValueError:
            raise ValueError("must be an address such as redis://:password@host:6379/0") from None
        return value

    @field_validator("currency")
    @classmethod
    def _two_decimals(cls, value: str) -> str:
        value = value.upper()
        if value not in _currencies():
            raise ValueError(f"no country pays with {value}; write it like EUR (ISO 4217)")
        if get_currency_precision(value) != 2:
            raise ValueError(f"{value} does not have two decimals, the only kind supported")
        return value

    @field_validator("public_url", "stripe_api_base")
    @classmethod
    def _absolute(cls, value: str | None) -> str | None:
        if value and not _is_site(value):
            raise ValueError("must be an address such as https://tickets.example.org")
        return value.rstrip("/") if value else value

    @model_validator(mode="before")
    @classmethod
    def _development_defaults(cls, values: Any) -> Any:
        values = {name: value for name, value in values.items() if value not in ("", None)}
        if values.get("environment", "development") == "development":
            values.setdefault("secret_key", DEVELOPMENT_SECRET)
            values.setdefault("stripe_secret_key", SIMULATOR_KEY)
            if values["stripe_secret_key"] == SIMULATOR_KEY:
                values.setdefault("stripe_api_base", "http://127.0.0.1:4242")
                values.setdefault("stripe_webhook_secret", SIMULATOR_WEBHOOK_SECRET)
        return values

    @model_validator(mode="after")
    def _whole_makes_sense(self) -> Self:
        if self.order_hold_seconds + self.payment_grace_seconds > LONGEST_HOLD_SECONDS:
            raise ValueError(
                "ORDER_HOLD_SECONDS and PAYMENT_GRACE_SECONDS together must not pass 23 hours "
                f"({LONGEST_HOLD_SECONDS}), because a payment page lives 24 hours at most"
            )
        if not self.stripe_secret_key.startswith(("sk_", "rk_")) and self.stripe_secret_key:
            raise ValueError("STRIPE_SECRET_KEY must begin with sk_ or rk_")
        if self.stripe_api_base and self.stripe_livemode:
            raise ValueError(
                "STRIPE_API_BASE is for the simulator; a live key must not be sent there"
            )
        if self.stripe_livemode and not self.is_production:
            raise ValueError(
                "STRIPE_SECRET_KEY is a live key, and in development everybody knows how sessions "
                "are signed: use a test key, or set ENVIRONMENT=production"
            )
        if self.is_production:
            wrong = "; ".join(self._wrong_in_production())
            if wrong:
                raise ValueError(wrong)
        return self

    def _wrong_in_production(self) -> list[str]:
        wrong = []
        if (
            not self.secret_key
            or self.secret_key == DEVELOPMENT_SECRET
            or len(self.secret_key) < 32
        ):
            wrong.append(
                "SECRET_KEY must be a random text of 32 characters or more "
                "(python -c 'import secrets; print(secrets.token_hex(32))')"
            )
        if not self.public_url.startswith("https://"):
            wrong.append("PUBLIC_URL must be the https:// address people use")
        if not self.stripe_secret_key or self.stripe_secret_key == SIMULATOR_KEY:
            wrong.append("STRIPE_SECRET_KEY is missing")
        if not self.stripe_webhook_secret:
            wrong.append("STRIPE_WEBHOOK_SECRET is missing")
        if self.stripe_api_base:
            wrong.append("STRIPE_API_BASE points to the simulator, which production must not use")
        if self.is_sqlite and (self.web_concurrency > 1 or "DYNO" in os.environ):
            wrong.append(
                "DATABASE_URL is SQLite, which serves one process on one disk: set it to a "
                "PostgreSQL database, or WEB_CONCURRENCY=1 on a machine of your own"
            )
        if self.webhooks_to_this_machine:
            wrong.append(
                "WEBHOOKS_TO_THIS_MACHINE lets users send requests into your own network; "
                "it is for development"
            )
        if os.environ.get("FLASK_DEBUG", "0") not in ("", "0"):
            wrong.append("FLASK_DEBUG must not be set")
        return wrong


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings from the environment, or ConfigError that names each wrong variable."""
    environ = os.environ if environ is None else environ
    given = {
        name: environ[name.upper()].strip()
        for name in Settings.model_fields
        if name.upper() in environ
    }
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        sentences = [
            _sentence(problem)
            for problem in error.errors()
            if problem["type"] != "default_factory_not_called"  # follows from another one
        ]
        raise ConfigError("\n".join(sentences)) from None


def settings() -> Settings:
    """The settings of the running app."""
    return current_app.config["TICKETBAY"]


def _currencies() -> set[str]:
    """What some country pays with today, which metals, units of account and tests are not."""
    countries = get_global("territory_currencies")
    return {code for country in countries for code in get_territory_currencies(country)}


def _is_site(address: str) -> bool:
    """Whether it is the address of a whole site: scheme, host and at most a port."""
    try:
        parts = urlsplit(address)
        return (
            parts.scheme in ("http", "https")
            and bool(parts.netloc)
            and not parts.path.strip("/")
            and parts.port != 0
        )
    except ValueError:  # the port is no number
        return False


def _sentence(problem: Any) -> str:
    message = problem["msg"].removeprefix("Value error, ")
    if message == problem["msg"]:  # not our own words, which begin as they should
        message = message[0].lower() + message[1:]
    if not problem["loc"]:
        return f"{message}."
    field = str(problem["loc"][0])
    if not Settings.model_fields[field].repr:
        return f"{field.upper()} {message}."
    return f"{field.upper()} is {problem['input']!r}: {message}."
