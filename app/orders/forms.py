from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectField
from wtforms.validators import InputRequired
from wtforms.widgets import HiddenInput


def whole_number(value: Any) -> int:
    """What was sent as a number. Nonsense is 0 tickets, and the domain says what can be chosen."""
    try:
        return int(value)
    except (TypeError, ValueError):
        return 0


class ReservationForm(FlaskForm):
    """How many tickets of which version of the offer. Its choices are the allowed quantities.

    What is no choice any more passes here: the domain knows whether somebody was
    faster or the number was never allowed, and says so in better words.
    """

    quantity = SelectField(
        _l("Quantity"),
        coerce=whole_number,
        validate_choice=False,
        validators=[InputRequired(_l("Choose how many tickets."))],
    )
    version = IntegerField(widget=HiddenInput(), validators=[InputRequired()])

    def show(self, quantities: list[int], version: int) -> None:
        """Offer these quantities of this version, whatever was sent before."""
        self.quantity.choices = [(number, str(number)) for number in quantities]
        self.version.data, self.version.raw_data = version, None
