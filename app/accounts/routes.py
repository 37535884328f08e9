"""Pages of accounts: signing up, in and out, and changing the password."""

from typing import Any

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.accounts import (
    addresses,
    passwords,
    registration,
    seller_statements,
    sessions,
    throttling,
)
from app.accounts import sign_in as signing_in
from app.accounts.access import anyone, signed_in
from app.accounts.forms import ChangePasswordForm, SignInForm, SignUpForm
from app.config import settings
from app.db import transaction
from app.errors import Invalid
from app.web import languages
from app.web.forms import Form
from app.web.next_url import asked_for, page_before
from app.web.pages import go_to

bp = Blueprint("accounts", __name__)

# What can be judged while the form is still being filled in, without telling who has an account.
CHECKS = {"email": addresses.folded, "display_name": registration.shown_name}


@bp.after_request
def keep_nothing(response: Response) -> Response:
    """Pages where passwords are entered are kept nowhere, signed in or not."""
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.route("/signup", methods=["GET", "POST"])
@anyone
@throttling.sign_ups
def sign_up() -> ResponseReturnValue:
    """The form, and a new account that is signed in."""
    if current_user.is_authenticated:
        return _go_back()
    form = SignUpForm(next=asked_for())
    if form.validate_on_submit():
        try:
            password_hash = passwords.hashed(form.password.data)
            with transaction():
                user = registration.sign_up(form.email.data, password_hash, form.display_name.data)
                token = sessions.open_for(user)
        except Invalid as refusal:
            form.say(refusal)
        else:
            sessions.remember(token)
            flash(_("Your account is ready, and you are signed in."), "success")
            return _go_back()
    return _show("accounts/sign_up.html", form)


@bp.post("/signup/check/<any(email, display_name):name>")
@anyone
def check_field(name: str) -> ResponseReturnValue:
    """The field again, with what is wrong with it, when one has left it."""
    form = SignUpForm()
    try:
        CHECKS[name](form[name].data or "")
    except Invalid as refusal:
        form.say(refusal)
    return render_template("accounts/_checked_field.html", field=form[name])


@bp.route("/signin", methods=["GET", "POST"])
@anyone
@throttling.failed_sign_ins
def sign_in() -> ResponseReturnValue:
    """The form, and back to where one was."""
    if current_user.is_authenticated:
        return _go_back()
    form = SignInForm(next=asked_for())
    if form.validate_on_submit():
        try:
            user = signing_in.authenticate(form.email.data, form.password.data)
            user_id, proven_hash, language = user.id, user.password_hash, user.locale
            with transaction():
                user = signing_in.let_in(user_id, proven_hash, form.password.data)
                token = sessions.open_for(user)
        except Invalid as refusal:
            form.say(refusal)
        else:
            sessions.remember(token)
            languages.choose(language)
            return _go_back()
    return _show("accounts/sign_in.html", form)


@bp.post("/signout")
@anyone
def sign_out() -> ResponseReturnValue:
    """End this session. Safe to repeat."""
    with transaction():
        sessions.close_current()
    sessions.forget()
    return go_to(url_for("listings.home"))


@bp.post("/language")
@anyone
def choose_language() -> ResponseReturnValue:
    """Another language from now on, in this browser and with the account."""
    code = request.form.get("language")
    languages.choose(code)
    if current_user.is_authenticated and code in languages.LANGUAGES:
        with transaction():
            current_user.locale = code
    return go_to(
        languages.without_language(asked_for() or page_before() or url_for("listings.home"))
    )


@bp.get("/account")
@signed_in
def account() -> ResponseReturnValue:
    """What the account is, where it is signed in, and the form for a new password."""
    return _account_page(ChangePasswordForm())


@bp.post("/account/password")
@signed_in(back_to=lambda: url_for("accounts.account"))
@throttling.failed_password_changes
def change_password() -> ResponseReturnValue:
    """A new password, which signs out all other browsers."""
    form = ChangePasswordForm()
    if form.validate_on_submit():
        try:
            with transaction():
                user = passwords.change_password(
                    current_user.id, form.current_password.data, form.new_password.data
                )
                token = sessions.open_for(user)
        except Invalid as refusal:
            form.say(refusal)
        else:
            sessions.remember(token)
            flash(_("Your password is changed. All other browsers are signed out."), "success")
            return go_to(url_for(".account"))
    return _account_page(form)


@bp.get("/forgotten-password")
@anyone
def forgotten_password() -> ResponseReturnValue:
    """Whom to ask, until there is mail."""
    return render_template(
        "accounts/forgotten_password.html", contact_email=settings().contact_email
    )


def _account_page(form: ChangePasswordForm) -> ResponseReturnValue:
    return _show(
        "accounts/account.html",
        form,
        statement=seller_statements.latest_of(current_user.id),
        sessions=sessions.open_of(current_user.id),
        this_session=sessions.current(),
    )


def _show(page: str, form: Form, **more: Any) -> ResponseReturnValue:
    return render_template(page, form=form, next=asked_for(), **more), 422 if form.errors else 200


def _go_back() -> ResponseReturnValue:
    return go_to(asked_for() or url_for("listings.home"))
