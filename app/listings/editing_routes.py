"""The page on which sellers change an offer, or withdraw it."""

from collections.abc import Callable

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.accounts.access import signed_in
from app.db import db, transaction
from app.errors import Conflict, Invalid
from app.listings import editing, offering
from app.listings.double_offers import SeatsOfferedAlready
from app.listings.forms import EditDescriptionForm, EditForm
from app.listings.holds import why_held
from app.listings.models import Listing, ListingStatus
from app.listings.price_fields import price_field
from app.listings.routes import bp
from app.web.pages import go_to


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
        lambda: editing.edit(
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
        lambda: editing.describe(listing_id, seller_id, form.version.data, **form.description()),
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
        held=why_held(listing),
        is_sold_out=not listing.unsold,
        is_active=listing.status == ListingStatus.ACTIVE,
        **price_field(deal, listing.event, listing.id),
    )
    return page, status or (refusal.status if refusal else 422 if form.errors else 200)


def _own(listing_id: int) -> Listing:
    """The listing, if it is the visitor's. To others it does not exist."""
    return db.first_or_404(
        select(Listing)
        .filter_by(id=listing_id, seller_id=current_user.id)
        .options(joinedload(Listing.event))
    )
