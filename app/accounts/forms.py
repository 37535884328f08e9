from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    PasswordField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length

from app.accounts.passwords import LONGEST, SHORTEST
from app.accounts.registration import LONGEST_NAME
from app.errors import Invalid

LONGEST_ADDRESS = 254
TOO_SHORT = _l("Choose at least %(num)s characters.", num=SHORTEST)
TOO_LONG = _l("Use at most %(max)s characters.")


class SignInForm(FlaskForm):
    """`next` is where one was; the route checks it."""

    email = EmailField(
        _l("Email"),
        validators=[
            InputRequired(_l("Enter your email address.")),
            Length(max=LONGEST_ADDRESS, message=TOO_LONG),
        ],
    )
    password = PasswordField(
        _l("Password"),
        validators=[
            InputRequired(_l("Enter your password.")),
            Length(max=LONGEST, message=TOO_LONG),
        ],
    )
    next = HiddenField()


class SignUpForm(FlaskForm):
    """What counts as an address, a name and a good password is decided by `registration`."""

    email = EmailField(
        _l("Email"),
        validators=[
            InputRequired(_l("Enter your email address.")),
            Length(max=LONGEST_ADDRESS, message=TOO_LONG),
        ],
    )
    display_name = StringField(
        _l("Display name"),
        validators=[
            InputRequired(_l("Enter the name that others shall see.")),
            Length(max=LONGEST_NAME, message=TOO_LONG),
        ],
    )
    password = PasswordField(_l("Password"), validators=[InputRequired(TOO_SHORT)])
    next = HiddenField()


class ChangePasswordForm(FlaskForm):
    current_password = PasswordField(
        _l("Current password"), validators=[InputRequired(_l("Enter your current password."))]
    )
    new_password = PasswordField(_l("New password"), validators=[InputRequired(TOO_SHORT)])


class TradeForm(FlaskForm):
    """What buyers must be told about a trade. What counts as an answer is decided by `Business`."""

    business_name = StringField(
        _l("Name of the business"),
        validators=[InputRequired(_l("Enter the name of the business."))],
    )
    address = TextAreaField(
        _l("Address"), validators=[InputRequired(_l("Enter street, town and country."))]
    )
    email = EmailField(
        _l("Email for buyers"),
        validators=[
            InputRequired(_l("Enter an email address such as name@example.org.")),
            Length(max=LONGEST_ADDRESS),
        ],
    )
    phone = TelField(
        _l("Phone"), validators=[InputRequired(_l("Enter a phone number such as +49 341 123456."))]
    )
    vat_id = StringField(
        _l("VAT number"), validators=[InputRequired(_l("Enter a VAT number such as DE123456789."))]
    )
    register = StringField(_l("Register and number"))
    complies = BooleanField(
        _l("I offer only what complies with the law."),
        validators=[InputRequired(_l("Confirm this to sell as a trade."))],
    )

    def business(self) -> dict[str, Any]:
        """What was entered, as `Business` takes it."""
        names = ("business_name", "address", "email", "phone", "vat_id", "register")
        return {name: self[name].data for name in names}

    def say(self, refusal: Invalid) -> None:
        """Put the refusal next to the field it is about."""
        field = self[refusal.field]
        field.errors = [*field.errors, str(refusal)]
