from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from app.accounts.passwords import LONGEST, SHORTEST
from app.accounts.registration import LONGEST_NAME

LONGEST_ADDRESS = 254


class SignInForm(FlaskForm):
    """`next` is where one was; the route checks it."""

    email = EmailField(
        "Email",
        validators=[InputRequired("Enter your email address."), Length(max=LONGEST_ADDRESS)],
    )
    password = PasswordField(
        "Password", validators=[InputRequired("Enter your password."), Length(max=LONGEST)]
    )
    next = HiddenField()


class SignUpForm(FlaskForm):
    """What counts as an address, a name and a good password is decided by `registration`."""

    email = EmailField(
        "Email",
        validators=[InputRequired("Enter your email address."), Length(max=LONGEST_ADDRESS)],
    )
    display_name = StringField(
        "Display name",
        validators=[
            InputRequired("Enter the name that others shall see."),
            Length(max=LONGEST_NAME),
        ],
    )
    password = PasswordField(
        "Password", validators=[InputRequired(f"Choose at least {SHORTEST} characters.")]
    )
    next = HiddenField()


class ChangePasswordForm(FlaskForm):
    current_password = PasswordField(
        "Current password", validators=[InputRequired("Enter your current password.")]
    )
    new_password = PasswordField(
        "New password", validators=[InputRequired(f"Choose at least {SHORTEST} characters.")]
    )
