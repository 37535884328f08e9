"""What all forms have in common."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from app.errors import Refusal

TOO_LONG = _l("Use at most %(max)s characters.")


class Form(FlaskForm):
    """A form that can say why what was entered is refused."""

    def say(self, refusal: Refusal) -> None:
        """Put the refusal next to the field it is about, or above the form."""
        if refusal.field in self:
            field = self[refusal.field]
            field.errors = [*field.errors, str(refusal)]
        else:
            self.form_errors.append(str(refusal))
