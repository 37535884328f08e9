from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.accounts import seller_statements
from app.accounts.access import anyone, signed_in
from app.catalog.previews import preview_path
from app.db import transaction
from app.errors import Refusal
from app.listings import holds
from app.orders import cancellation, history, offers, reservation, sales
from app.orders.forms import ReservationForm
from app.orders.history import Section
from app.orders.models import Actor
from app.orders.pages import countdown, facts_of, order_calendar, order_or_404, order_page
from app.orders.sold_by_week import sold_by_week
from app.web import news
from app.web.ids import public_id, row_id
from app.web.pages import (
    fragment_or_page,
    fragment_or_redirect,
    go_to,
    wants_fragment,
    wants_more_rows,
)
from app.web.posters import poster

bp = Blueprint("orders", __name__)

LISTING = "/listings/<id:listing_id>"


def listing_with_quantity(listing_id: int) -> str:
    """Where the reserve form stands, with the number that was chosen in it."""
    return url_for(".listing", listing_id=listing_id, quantity=request.form.get("quantity"))


@bp.get(LISTING)
@anyone
def listing(listing_id: int) -> ResponseReturnValue:
    """The offer, and the form to reserve it."""
    form = ReservationForm(formdata=None, data={"quantity": request.args.get("quantity", 0, int)})
    return _offer(listing_id, form)


@bp.post(f"{LISTING}/reservations")
@signed_in(back_to=listing_with_quantity)
def create_reservation(listing_id: int) -> ResponseReturnValue:
    """Reserve tickets and go on to pay, or say in the form why not."""
    form = ReservationForm()
    if not form.validate_on_submit():
        return _offer(listing_id, form, status=422)
    buyer_id, wanted = current_user.id, (form.quantity.data, form.version.data)
    try:
        reservation.refuse_if_hopeless(listing_id, *wanted)
        with transaction():
            order = reservation.reserve(listing_id, buyer_id, *wanted)
    except Refusal as refusal:
        form.quantity.errors = [str(refusal)]
        return _offer(listing_id, form, status=refusal.status)
    return go_to(url_for(".show", public_id=order.public_id))


@bp.get("/orders")
@signed_in
def index() -> ResponseReturnValue:
    """My orders: all sections, or the next page of one."""
    section = request.args.get("section", type=Section)
    pages = [
        history.page_of(current_user.id, each, after=request.args.get("after", type=public_id))
        for each in ([section] if section else Section)
    ]
    return fragment_or_page(
        "orders/_section.html",
        "orders/index.html",
        pages=pages,
        page=pages[0],
        wants_more=wants_more_rows(),
        **countdown(),
    )


@bp.get("/orders/<public_id:public_id>")
@signed_in
def show(public_id: str) -> ResponseReturnValue:
    """One order, from the countdown to the seats. The fragment polls this."""
    return order_page(public_id)


@bp.get("/orders/<public_id:public_id>/calendar.ics")
@signed_in
def calendar(public_id: str) -> ResponseReturnValue:
    """The evening for one's own calendar, with the seats. Only for what was paid."""
    return order_calendar(public_id)


@bp.post("/orders/<public_id:public_id>/cancellation")
@signed_in
def cancel(public_id: str) -> ResponseReturnValue:
    """Give the tickets back before paying."""
    order_id = order_or_404(public_id).id
    try:
        with transaction():
            order = cancellation.cancel(order_id, actor=Actor.BUYER, reason="buyer")
    except Refusal as refusal:
        return order_page(public_id, refusal)
    return fragment_or_redirect(
        "orders/_order.html",
        url_for(".show", public_id=public_id),
        **facts_of(order),
        answers=True,
    )


@bp.get("/selling")
@signed_in
def selling() -> ResponseReturnValue:
    """My listings in every state, and what is owed to me."""
    seller_id = current_user.id
    page = sales.page_of(seller_id, after=request.args.get("after", type=row_id))
    return fragment_or_page(
        "orders/_listings.html",
        "orders/selling.html",
        page=page,
        owed_cents=sales.owed_cents(seller_id),
        weeks=None if wants_fragment() else sold_by_week(seller_id),
        wants_more=wants_more_rows(),
        **countdown(),
    )


def _offer(listing_id: int, form: ReservationForm, status: int = 200) -> ResponseReturnValue:
    offer = offers.look_at(listing_id) or abort(404)
    form.show(offer.quantities, offer.listing.version)
    event = offer.listing.event
    visitor = current_user.id if current_user.is_authenticated else None
    is_mine = visitor == offer.listing.seller_id
    why_held = holds.why_held(offer.listing) if is_mine else None
    my_order = visitor and offers.unpaid_order_of(visitor, listing_id)
    statement = seller_statements.latest_of(offer.listing.seller_id)
    version = news.version_of(*offer.facts, is_mine, why_held, my_order, statement and statement.id)
    return news.unless_known(
        version,
        lambda: fragment_or_page(
            "orders/_offer.html",
            "orders/listing.html",
            status=status,
            offer=offer,
            form=form,
            is_mine=is_mine,
            why_held=why_held,
            statement=statement,
            my_order=my_order,
            version=version,
            has_changed=request.args.get("seen") not in (None, str(offer.listing.version)),
            poster=poster,
            canonical=url_for("listings.event", slug=event.slug),
            picture=preview_path(event),
            **countdown(),
        ),
    )
