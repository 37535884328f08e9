"""Accounts for programs: signing up, tokens, and one's own account."""

from typing import Annotated, Literal

from pydantic import Field

from app.accounts import passwords, registration, sign_in, throttling, tokens
from app.accounts.access import anyone, bearer, caller, caller_session
from app.accounts.models import User
from app.api import Input, Output, api_blueprint, operation
from app.api.schemas import Id, Text, Time, unsent
from app.db import transaction
from app.errors import Invalid
from app.web import languages

bp = api_blueprint("accounts", __name__)

Email = Annotated[Text, Field(max_length=254, examples=["ada@example.org"])]
Password = Annotated[Text, Field(max_length=1000, examples=["correct horse battery"])]
DisplayName = Annotated[
    Text, Field(max_length=1000, description="What others see.", examples=["Ada"])
]


class NewUser(Input):
    email: Email
    password: Password
    display_name: DisplayName


class Credentials(Input):
    email: Email
    password: Password


class RefreshToken(Input):
    refresh_token: Text = Field(max_length=200, examples=["9f86d081884c7d65.Rt8…"])


class UserChanges(Input):
    """What is left out stays."""

    display_name: DisplayName = unsent()
    locale: Literal["en", "de"] = unsent()


class NewPassword(Input):
    current_password: Password
    new_password: Password


class UserAccount(Output):
    """One's own account. Others see the display name only."""

    id: Id
    email: str = Field(examples=["ada@example.org"])
    display_name: str = Field(examples=["Ada"])
    locale: str | None
    created_at: Time


class SignedIn(Output):
    """Send the access token as `Authorization: Bearer …`. Keep the refresh token secret."""

    user: UserAccount
    access_token: str
    refresh_token: str
    token_type: Literal["Bearer"]
    expires_in: int = Field(description="Seconds that the access token lasts.", examples=[900])


class WrongCredentials(tokens.Unauthenticated):
    """No account has this address and this password."""


@bp.post("/users")
@anyone
@throttling.sign_ups
@operation(body=NewUser, answers={201: SignedIn}, problems=(429,))
def create_user(body: NewUser) -> SignedIn:
    """Sign up.

    The new account is signed in. An address belongs to one account only.
    """
    password_hash = passwords.hashed(body.password)
    with transaction():
        user = registration.sign_up(body.email, password_hash, body.display_name)
        user.locale = languages.language()
        signed_in = _signed_in(user, tokens.open_for(user.id))
    return signed_in


@bp.post("/tokens")
@anyone
@throttling.failed_sign_ins
@operation(body=Credentials, answers={201: SignedIn}, problems=(401, 429))
def create_tokens(body: Credentials) -> SignedIn:
    """Sign in.

    After ten failures in five minutes an account has to wait.
    """
    try:
        user = sign_in.authenticate(body.email, body.password)
        user_id, proven_hash = user.id, user.password_hash
        with transaction():
            user = sign_in.let_in(user_id, proven_hash, body.password)
            signed_in = _signed_in(user, tokens.open_for(user.id))
    except Invalid as refusal:
        raise WrongCredentials(str(refusal)) from None
    return signed_in


@bp.post("/tokens/refresh")
@anyone
@operation(body=RefreshToken, answers={201: SignedIn}, problems=(401,))
def refresh_tokens(body: RefreshToken) -> SignedIn:
    """Get new tokens for a refresh token.

    It works once. If it comes a second time somebody has copied it, and the whole session ends.
    """
    user, renewed = tokens.refresh(body.refresh_token)
    return _signed_in(user, renewed)


@bp.delete("/tokens/current")
@bearer
@operation(answers={204: None})
def delete_tokens() -> None:
    """Sign out.

    This access token and its refresh token let nobody in any more.
    """
    with transaction():
        tokens.close(caller_session())


@bp.get("/users/me")
@bearer
@operation(answers={200: UserAccount})
def show_user() -> UserAccount:
    """Read one's own account."""
    return UserAccount.model_validate(caller())


@bp.patch("/users/me")
@bearer
@operation(body=UserChanges, answers={200: UserAccount})
def change_user(body: UserChanges) -> UserAccount:
    """Change one's display name or language."""
    user = caller()
    with transaction():
        if body.display_name is not None:
            user.display_name = registration.shown_name(body.display_name)
        if body.locale is not None:
            user.locale = body.locale
        changed = UserAccount.model_validate(user)
    return changed


@bp.put("/users/me/password")
@bearer
@throttling.failed_password_changes
@operation(body=NewPassword, answers={200: SignedIn}, problems=(429,))
def change_password(body: NewPassword) -> SignedIn:
    """Set a new password.

    It ends all other sessions, those of browsers too; this one goes on with the new tokens.
    """
    with transaction():
        user = passwords.change_password(caller().id, body.current_password, body.new_password)
        signed_in = _signed_in(user, tokens.open_for(user.id))
    return signed_in


def _signed_in(user: User, theirs: tokens.Tokens) -> SignedIn:
    return SignedIn(
        user=UserAccount.model_validate(user),
        access_token=theirs.access,
        refresh_token=theirs.refresh,
        token_type="Bearer",
        expires_in=theirs.expires_in,
    )
