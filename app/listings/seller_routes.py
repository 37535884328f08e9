"""The pages for those who sell tickets."""

from collections.abc import Callable, Sequence

from babel.numbers import get_currency_symbol
from flask import abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.accounts import seller_statements
from app.accounts.access import anyone, signed_in
from app.catalog import scheduling
from app.catalog.models import Event
from app.catalog.scheduling import LikelyDuplicates
from app.catalog.search import EventQuery, find_events
from app.config import settings
from app.db import db, transaction
from app.errors import Conflict, Invalid
from app.listings import checking, entering, offering
from app.listings.asking_prices import asking_prices
from app.listings.filters import LONGEST_WORDS
from app.listings.forms import (
    EditDescriptionForm,
    EditForm,
    NewEventForm,
    OfferForm,
    SellForm,
    TicketsForm,
)
from app.listings.models import Listing, ListingStatus
from app.listings.offering import SeatsOfferedAlready
from app.listings.price_charts import OthersPrices, others_prices
from app.listings.pricing import all_in
from app.listings.routes import bp
from app.money import parse_cents
from app.web.languages import language
from app.web.pages import go_to, leave_out_empty_fields
from app.web.posters import poster

__all__ = ["bp"]  # whole: with the routes of both modules

EVENTS_TO_CHOOSE_FROM = 9


@bp.get("/sell")
@signed_in
def sell() -> ResponseReturnValue:
    """Choose the event or enter it; then say what tickets there are."""
    if slug := request.args.get("event"):
        event = scheduling.by_slug(slug) or abort(404)
        return _sell_page(SellForm(formdata=None, data={"event": slug}), event=event)
    words = request.args.get("q", "").replace("\0", "").strip()[:LONGEST_WORDS]
    if "new" in request.args:
        return _sell_page(NewEventForm(formdata=None, data={"title": words}))
    leave_out_empty_fields(url_for(".sell", q=words or None))
    return render_template(
        "listings/choose_event.html",
        q=words,
        events=find_events(EventQuery(q=words), limit=EVENTS_TO_CHOOSE_FROM).items,
        poster=poster,
    )


@bp.post("/sell")
@signed_in
def publish() -> ResponseReturnValue:
    """Put the tickets on sale, with their event if it is a new one."""
    if slug := request.form.get("use"):  # the seller recognised it among the likely duplicates
        event = scheduling.by_slug(slug) or abort(404)
        form = SellForm()
        form.event.data = slug
        return _sell_page(form, event=event)
    if slug := request.form.get("event"):
        event = scheduling.by_slug(slug) or abort(404)
        return _publish(SellForm(), event)
    return _publish(NewEventForm(), None)


@bp.get("/sell/price")
@anyone
def price_hint() -> ResponseReturnValue:
    """What a price means for buyer and seller, while it is being typed."""
    slug = request.args.get("event", "")
    event = scheduling.by_slug(slug) if slug else None
    price_cents = _readable(request.args.get("price", ""))
    return render_template(
        "listings/_price_hint.html",
        price_cents=price_cents,
        all_in=all_in,
        others=_others(event, price_cents, request.args.get("listing", type=int)),
    )


@bp.get(f"/sell/check/<any({','.join(checking.PARTS)}):part>")
@anyone
def check(part: str) -> ResponseReturnValue:
    """Some fields again, with what is wrong with them, when one has left them."""
    form = NewEventForm(formdata=request.args, meta={"csrf": False})
    checking.check(part, form)
    return render_template(
        "listings/_checked_fields.html", part=part, form=form, currency_sign=_currency_sign()
    )


@bp.get("/listings/<id:listing_id>/edit")
@signed_in
def edit(listing_id: int) -> ResponseReturnValue:
    """The offer as its seller may change it, or why not now."""
    listing = _own(listing_id)
    return _edit_page(listing, EditForm.showing(listing))


@bp.post("/listings/<id:listing_id>/edit")
@signed_in
def save(listing_id: int) -> ResponseReturnValue:
    """Save the changes to the version that the form shows."""
    form, seller_id = EditForm(), current_user.id
    return _save(
        _own(listing_id),
        form,
        lambda: offering.edit(
            listing_id, seller_id, form.version.data, form.stock.data, **form.terms()
        ),
    )


@bp.post("/listings/<id:listing_id>/description")
@signed_in(back_to=lambda listing_id: url_for("listings.edit", listing_id=listing_id))
def save_description(listing_id: int) -> ResponseReturnValue:
    """Save what may change also while a buyer pays."""
    form, seller_id = EditDescriptionForm(), current_user.id
    return _save(
        _own(listing_id),
        form,
        lambda: offering.describe(listing_id, seller_id, form.version.data, **form.description()),
    )


@bp.post("/listings/<id:listing_id>/withdrawal")
@signed_in
def withdraw(listing_id: int) -> ResponseReturnValue:
    """Take the offer off the market."""
    listing, seller_id = _own(listing_id), current_user.id
    try:
        with transaction():
            offering.withdraw(listing_id, seller_id, request.form.get("version", 0, int))
    except Conflict as refusal:
        return _edit_page(listing, EditForm.showing(listing), refusal)
    flash(_("Your offer is withdrawn. Nobody can buy these tickets any more."), "success")
    return go_to(url_for("orders.selling"))


def _save(
    listing: Listing, form: EditForm | EditDescriptionForm, change: Callable[[], object]
) -> ResponseReturnValue:
    if not form.validate_on_submit():
        return _edit_page(listing, form)
    try:
        with transaction():
            change()
    except (Invalid, SeatsOfferedAlready) as refusal:
        form.say(refusal)
        return _edit_page(listing, form, status=refusal.status)
    except Conflict as refusal:
        # What they saw is not what there is: show that, rather than let them save over it.
        return _edit_page(listing, EditForm.showing(listing), refusal)
    flash(_("Your changes are saved."), "success")
    return go_to(url_for("orders.listing", listing_id=listing.id))


def _publish(form: OfferForm, event: Event | None) -> ResponseReturnValue:
    _ask_only_once_who_sells(form)
    if not form.validate_on_submit():
        return _sell_page(form, event)
    seller_id, event_id = current_user.id, event.id if event else None
    try:
        terms = form.terms()
        with transaction():
            if form.sells_privately:
                seller_statements.sell_privately(seller_id)
            listing = offering.publish(
                seller_id=seller_id, event_id=event_id or _enter(form), **terms
            )
    except LikelyDuplicates as refusal:
        return _sell_page(form, likely=_events(refusal.event_ids))
    except (Invalid, Conflict) as refusal:
        form.say(refusal)
        return _sell_page(form, event, status=refusal.status)
    flash(_("Your tickets are on sale."), "success")
    return go_to(url_for("orders.listing", listing_id=listing.id))


def _ask_only_once_who_sells(form: OfferForm) -> None:
    if form.sells_privately and seller_statements.latest_of(current_user.id):
        del form.sells_privately


def _enter(form: OfferForm) -> int:
    assert isinstance(form, NewEventForm)
    return entering.enter(**form.entered_event(), is_another=bool(form.another.data)).id


def _sell_page(
    form: OfferForm,
    event: Event | None = None,
    likely: Sequence[Event] = (),
    status: int | None = None,
) -> ResponseReturnValue:
    _ask_only_once_who_sells(form)
    page = render_template(
        "listings/sell.html", form=form, event=event, likely=likely, **_money(form, event)
    )
    return page, status or (422 if form.errors else 409 if likely else 200)


def _edit_page(
    listing: Listing,
    form: EditForm | EditDescriptionForm,
    refusal: Conflict | None = None,
    status: int | None = None,
) -> ResponseReturnValue:
    deal = form if isinstance(form, EditForm) else EditForm.showing(listing)
    page = render_template(
        "listings/edit.html",
        form=form,
        deal=deal,
        listing=listing,
        event=listing.event,
        refusal=refusal,
        held=offering.why_held(listing),
        is_sold_out=not offering.unsold(listing),
        is_active=listing.status == ListingStatus.ACTIVE,
        **_money(deal, listing.event, listing.id),
    )
    return page, status or (refusal.status if refusal else 422 if form.errors else 200)


def _money(
    form: TicketsForm, event: Event | None, listing_id: int | None = None
) -> dict[str, object]:
    """What the price field and the hint below it need."""
    return {
        "price_cents": form.price.data,
        "all_in": all_in,
        "currency_sign": _currency_sign(),
        "hint_url": url_for(".price_hint", event=event.slug if event else None, listing=listing_id),
        "others": _others(event, form.price.data, listing_id),
    }


def _currency_sign() -> str:
    return get_currency_symbol(settings().currency, language())


def _readable(typed: str) -> int | None:
    """The price in cents, or None while it is none yet. `check` says what is wrong with it."""
    try:
        return parse_cents(typed, settings().currency)
    except ValueError:
        return None


def _others(
    event: Event | None, price_cents: int | None, listing_id: int | None
) -> OthersPrices | None:
    """What others ask for tickets of the event, around a price in this listing."""
    if event is None:
        return None
    prices = asking_prices(event.id, without_listing=listing_id)
    return others_prices(prices.tickets_at, price_cents and all_in(price_cents))


def _own(listing_id: int) -> Listing:
    """The listing, if it is the visitor's. To others it does not exist."""
    return db.first_or_404(
        select(Listing)
        .filter_by(id=listing_id, seller_id=current_user.id)
        .options(joinedload(Listing.event))
    )


def _events(event_ids: Sequence[int]) -> list[Event]:
    found = {
        event.id: event
        for event in db.session.scalars(select(Event).where(Event.id.in_(event_ids)))
    }
    return [found[event_id] for event_id in event_ids if event_id in found]
