from typing import Any

from flask_babel import lazy_gettext as _l
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
from app.web.forms import TOO_LONG, Form

LONGEST_EMAIL = 254
TOO_SHORT = _l("Choose at least %(num)s characters.", num=SHORTEST)


class AccountForm(Form):
    """What names an account. `next` is where one was; the route checks it."""

    email = EmailField(
        _l("Email"),
        validators=[
            InputRequired(_l("Enter your email address.")),
            Length(max=LONGEST_EMAIL, message=TOO_LONG),
        ],
    )
    next = HiddenField()


class SignInForm(AccountForm):
    """Whose account it is, and the proof of it."""

    password = PasswordField(
        _l("Password"),
        validators=[
            InputRequired(_l("Enter your password.")),
            Length(max=LONGEST, message=TOO_LONG),
        ],
    )


class SignUpForm(AccountForm):
    """What counts as an address, a name and a good password is decided by `registration`."""

    display_name = StringField(
        _l("Display name"),
        validators=[
            InputRequired(_l("Enter the name that others shall see.")),
            Length(max=LONGEST_NAME, message=TOO_LONG),
        ],
    )
    password = PasswordField(_l("Password"), validators=[InputRequired(TOO_SHORT)])


class ChangePasswordForm(Form):
    current_password = PasswordField(
        _l("Current password"), validators=[InputRequired(_l("Enter your current password."))]
    )
    new_password = PasswordField(_l("New password"), validators=[InputRequired(TOO_SHORT)])


class TradeForm(Form):
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
            Length(max=LONGEST_EMAIL, message=TOO_LONG),
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
