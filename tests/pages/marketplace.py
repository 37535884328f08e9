"""Fills a database by the domain's own functions, at any moment, and remembers the names."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from app import clock
from app.accounts import seller_statements
from app.accounts.models import User
from app.accounts.passwords import PasswordHash
from app.accounts.registration import sign_up
from app.accounts.seller_statements import Business
from app.catalog import scheduling
from app.catalog.models import Category, Event
from app.db import db, lock, transaction
from app.integrations import endpoints, fan_out
from app.integrations.audience import TYPES
from app.integrations.models import (
    DeliveryStatus,
    DisabledReason,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
)
from app.listings import offering
from app.listings.models import Listing
from app.orders import fulfilment, reservation
from app.orders.models import Order
from tests.support.browser import email_of

# A Monday evening on which the clocks of these sites stand still: pictures stay the same, and no
# reservation runs out while one looks.
NOW = datetime(2027, 3, 1, 17, 0, tzinfo=UTC)
NO_PASSWORD = PasswordHash("no password fits")


class Marketplace:
    """People, events, offers and orders. Each can be called something, to be found by it later.

    `names` holds what stands in addresses: ids of listings, public ids of orders, slugs. `people`
    are the ids of accounts.
    """

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.people: dict[str, int] = {}
        self._moment = NOW
        clock.now = lambda: self._moment

    @contextmanager
    def at(self, **ago: float) -> Iterator[None]:
        """What happens meanwhile happened some time ago: `with marketplace.at(days=3):`."""
        moment, self._moment = self._moment, NOW - timedelta(**ago)
        yield
        self._moment = moment

    def person(self, name: str, *, shown: str | None = None) -> int:
        """The id of their account, which is made when they are first named."""
        if name not in self.people:
            self.people[name] = self._known(name) or self._new(name, shown or name.capitalize())
        return self.people[name]

    def trade(self, name: str, **facts: str) -> None:
        """From now on they sell as a trade; `facts` are the fields of Business."""
        seller_id = self.person(name)
        business = Business(
            **{
                "business_name": "Eintrittskarten Kontor GmbH",
                "address": "Speicherstraße 1\n20457 Hamburg\nGermany",
                "email": "kontor@example.org",
                "phone": "+49 40 123456",
                "vat_id": "DE136695976",
                **facts,
            }
        )
        with transaction():
            seller_statements.sell_as_trade(seller_id, business)

    def event(
        self,
        title: str,
        *,
        called: str | None = None,
        days: int = 30,
        venue: str = "Lichthof",
        city: str = "Leipzig",
        category: Category = Category.CONCERT,
        **facts: Any,
    ) -> Event:
        """Some days ahead, at 20:00 in Germany."""
        with transaction():
            place = scheduling.find_or_add_venue(venue, city, "DE", None, "Karl-Heine-Straße 50")
            day = (NOW + timedelta(days=days)).replace(hour=0, tzinfo=None)
            event = scheduling.schedule(
                title=title,
                category=category,
                venue=place,
                starts_at=scheduling.to_utc(day + timedelta(hours=20), place.timezone),
                **facts,
            )
        if called:
            self.names[called] = event.slug
        return event

    def offer(
        self,
        event: Event,
        *,
        called: str | None = None,
        seller: str = "seller",
        price_cents: int = 4500,
        **terms: Any,
    ) -> Listing:
        """Tickets on sale, by whoever has said nothing else privately: two seats, unless the terms
        say something else.
        """
        if not {"seats", "quantity"} & terms.keys():
            terms["seats"] = ["4", "5"]
        seller_id = self.person(seller)
        with transaction():
            if seller_statements.latest_of(seller_id) is None:
                seller_statements.sell_privately(seller_id)
            listing = offering.publish(
                seller_id=seller_id,
                event_id=event.id,
                price_cents=price_cents,
                **terms,
            )
        if called:
            self.names[called] = str(listing.id)
        return listing

    def order(
        self,
        listing: Listing,
        *,
        called: str | None = None,
        buyer: str = "buyer",
        quantity: int = 1,
    ) -> Order:
        """A reservation that waits to be paid."""
        buyer_id, version = self.person(buyer), listing.version
        with transaction():
            order = reservation.reserve(listing.id, buyer_id, quantity, version)
        if called:
            self.names[called] = order.public_id
        return order

    def becomes(self, order: Order, change: Callable[..., Any], *args: Any, **facts: Any) -> None:
        """Change the locked order: `becomes(order, fulfilment.complete)`."""
        with transaction():
            change(lock(Order, order.id), *args, **facts)

    def paid(self, listing: Listing, **facts: Any) -> Order:
        """A reservation for which Stripe has said that it is paid."""
        order = self.order(listing, **facts)
        self.becomes(order, fulfilment.complete)
        return order

    def starts_checkout(self, order: Order) -> None:
        """From now on somebody may be paying."""
        with transaction():
            lock(Order, order.id).checkout_started_at = clock.now()

    def endpoint(
        self, owner: str, *, called: str, url: str = "https://example.org/webhooks"
    ) -> None:
        """Where somebody wants to be told of everything that concerns them."""
        owner_id = self.person(owner)
        with transaction():
            self.names[called] = str(endpoints.register(owner_id, url, TYPES).id)

    def sends(self, **answer: Any) -> None:
        """What has happened so far is sent to all endpoints, with this answer of each."""
        fan_out.fan_out_due()
        with transaction():
            for delivery in db.session.scalars(
                select(WebhookDelivery).filter_by(status=DeliveryStatus.PENDING)
            ):
                attempt = WebhookAttempt(at=clock.now(), duration_ms=120, **answer)
                delivery.attempts.append(attempt)
                if answer.get("status_code") == 204:
                    delivery.status = DeliveryStatus.DELIVERED
                    endpoint = db.session.get_one(WebhookEndpoint, delivery.endpoint_id)
                    endpoint.last_success_at = clock.now()

    def switches_off(self, called: str) -> None:
        """Nothing got through to this endpoint for a day."""
        with transaction():
            endpoint = db.session.get_one(WebhookEndpoint, int(self.names[called]))
            endpoints.switch_off(endpoint, DisabledReason.FAILING)

    def _known(self, name: str) -> int | None:
        """Whom the demo has brought."""
        return db.session.scalar(select(User.id).filter_by(email=email_of(name)))

    def _new(self, name: str, shown: str) -> int:
        with transaction():
            return sign_up(email_of(name), NO_PASSWORD, shown).id
