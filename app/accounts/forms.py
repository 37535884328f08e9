from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from app.accounts.passwords import LONGEST, SHORTEST
from app.accounts.registration import LONGEST_NAME

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
