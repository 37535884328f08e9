"""A price being entered: what the fields for it need, and what others ask."""

from babel.numbers import get_currency_symbol
from flask import url_for

from app.catalog.models import Event
from app.config import settings
from app.listings.asking_prices import asking_prices
from app.listings.forms import TicketsForm
from app.listings.price_charts import OthersPrices, others_prices
from app.listings.pricing import all_in
from app.web.languages import language


def price_field(
    form: TicketsForm, event: Event | None, listing_id: int | None = None
) -> dict[str, object]:
    """What templates/listings/_deal_fields.html needs besides the form."""
    return {
        "price_cents": form.price.data,
        "all_in": all_in,
        "currency_sign": currency_sign(),
        "hint_url": url_for(
            "listings.price_hint", event=event.slug if event else None, listing=listing_id
        ),
        "others": others_around(event, form.price.data, listing_id),
    }


def others_around(
    event: Event | None, price_cents: int | None, listing_id: int | None
) -> OthersPrices | None:
    """What others ask for tickets of the event, around a price in this listing."""
    if event is None:
        return None
    prices = asking_prices(event.id, without_listing=listing_id)
    return others_prices(prices.tickets_at, price_cents and all_in(price_cents))


def currency_sign() -> str:
    """`€`, as the language of the page writes it."""
    return get_currency_symbol(settings().currency, language())
