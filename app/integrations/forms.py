from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectChoice, SelectMultipleField, URLField
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput

from app.errors import Invalid
from app.integrations.audience import TYPES


class TypesForm(FlaskForm):
    """Which events are sent. What counts as a choice is decided by `endpoints`."""

    types = SelectMultipleField(
        _l("Events"),
        choices=[SelectChoice(name) for name in TYPES],
        option_widget=CheckboxInput(),
        validate_choice=False,
    )

    def chosen(self) -> list[str]:
        """The types that were ticked."""
        return self.types.data or []

    def say(self, refusal: Invalid) -> None:
        """Put the refusal next to the field it is about."""
        field = self[refusal.field or "types"]
        field.errors = [*field.errors, str(refusal)]


class EndpointForm(TypesForm):
    url = URLField(
        _l("Address"),
        validators=[InputRequired(_l("Enter an address such as https://example.org/webhooks."))],
    )
