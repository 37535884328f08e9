"""The pages on which tickets are put on sale."""

from collections.abc import Sequence

from flask import abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

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
from app.listings.filters import typed
from app.listings.forms import NewEventForm, OfferForm, SellForm
from app.listings.price_fields import currency_sign, others_around, price_field
from app.listings.pricing import all_in
from app.listings.routes import bp
from app.money import parse_cents
from app.web.pages import go_to, leave_out_empty_fields
from app.web.posters import poster

EVENTS_TO_CHOOSE_FROM = 9


@bp.get("/sell")
@signed_in
def sell() -> ResponseReturnValue:
    """Choose the event or enter it; then say what tickets there are."""
    if slug := request.args.get("event"):
        event = scheduling.by_slug(slug) or abort(404)
        return _sell_page(SellForm(formdata=None, data={"event": slug}), event=event)
    words = typed("q")
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
        others=others_around(event, price_cents, request.args.get("listing", type=int)),
    )


@bp.get(f"/sell/check/<any({','.join(checking.PARTS)}):part>")
@anyone
def check(part: str) -> ResponseReturnValue:
    """Some fields again, with what is wrong with them, when one has left them."""
    form = NewEventForm(formdata=request.args, meta={"csrf": False})
    checking.check(part, form)
    return render_template(
        "listings/_checked_fields.html", part=part, form=form, currency_sign=currency_sign()
    )


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
        "listings/sell.html", form=form, event=event, likely=likely, **price_field(form, event)
    )
    return page, status or (422 if form.errors else 409 if likely else 200)


def _readable(text: str) -> int | None:
    """The price in cents, or None while it is none yet. `check` says what is wrong with it."""
    try:
        return parse_cents(text, settings().currency)
    except ValueError:
        return None


def _events(event_ids: Sequence[int]) -> list[Event]:
    found = {
        event.id: event
        for event in db.session.scalars(select(Event).where(Event.id.in_(event_ids)))
    }
    return [found[event_id] for event_id in event_ids if event_id in found]
