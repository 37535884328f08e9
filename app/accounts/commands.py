"""What an operator does with accounts until there are pages for it."""

import click
from flask import Flask
from sqlalchemy import select

from app.accounts import addresses, passwords, registration
from app.accounts.models import User
from app.db import db, lock, transaction
from app.errors import Invalid

new_password = click.password_option(help="Asked for if it is not given.")


def init_app(app: Flask) -> None:
    app.cli.add_command(create_admin)
    app.cli.add_command(set_password)


@click.command("create-admin")
@click.argument("email")
@click.option("--display-name", default="Operator", show_default=True)
@new_password
def create_admin(email: str, display_name: str, password: str) -> None:
    """Make an account for an operator."""
    try:
        password_hash = passwords.hashed(password)
        with transaction():
            user = registration.sign_up(email, password_hash, display_name)
            user.is_admin = True
    except Invalid as refusal:
        raise click.ClickException(str(refusal)) from None
    click.echo(f"{user.email} is an operator now.")


@click.command("set-password")
@click.argument("email")
@new_password
def set_password(email: str, password: str) -> None:
    """Give an account a new password and sign it out everywhere."""
    try:
        with transaction():
            user_id = db.session.scalar(
                select(User.id).where(User.email == addresses.folded(email))
            )
            if user_id is None:
                raise Invalid(f"No account has the address {email}.")
            passwords.set_password(lock(User, user_id), password)
    except Invalid as refusal:
        raise click.ClickException(str(refusal)) from None
    click.echo(f"{email} has a new password and is signed out everywhere.")
