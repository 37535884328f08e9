"""What is wrong with what a seller has entered so far, judged as it is when it is sent."""

from app.config import settings
from app.errors import Invalid
from app.listings import entering
from app.listings.forms import NewEventForm
from app.listings.seats import parse_seats
from app.listings.terms import Terms, check_face_value, check_price

# The fields that are judged together, because one says what another may be.
PARTS = {
    "start": ("starts_at", "time_unknown"),
    "tickets": ("seats", "quantity", "split_rule"),
    "price": ("price",),
    "face_value": ("face_value",),
}


def check(part: str, form: NewEventForm) -> None:
    """Put what is wrong with this part next to its fields, whatever else is still missing."""
    are_valid = [form[name].validate(form) for name in PARTS[part]]
    if not all(are_valid):
        return
    try:
        _JUDGES[part](form)
    except Invalid as refusal:
        if refusal.field in PARTS[part]:
            form.say(refusal)


def _check_start(form: NewEventForm) -> None:
    when = ("starts_at", "time_announced", "country", "timezone")
    entered = form.entered_event()
    entering.check_start(**{name: entered[name] for name in when})


def _check_tickets(form: NewEventForm) -> None:
    Terms(
        price_cents=0,
        seats=parse_seats(form.seats.data),
        quantity=form.quantity.data,
        split_rule=form.split_rule.data,
    )


def _check_price(form: NewEventForm) -> None:
    assert form.price.data is not None  # its validator requires it
    check_price(form.price.data, settings().buyer_fee_bps, settings().currency)


def _check_face_value(form: NewEventForm) -> None:
    check_face_value(form.face_value.data)


_JUDGES = {
    "start": _check_start,
    "tickets": _check_tickets,
    "price": _check_price,
    "face_value": _check_face_value,
}
