"""A marketplace to look at: `flask seed-demo`."""

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from app.accounts.models import User
from app.catalog.models import Event
from app.config import settings
from app.db import db, transaction
from app.listings import demo, demo_events
from app.payments import demo_sales


@click.command("seed-demo")
@with_appcontext
def seed_demo() -> None:
    """Fill an empty installation with events, offers and sales to try it out."""
    if settings().is_production:
        raise click.ClickException("seed-demo is for trying things out, not for production.")
    people = {**demo.PEOPLE, **demo_sales.CROWD}
    if db.session.scalar(select(Event.id).where(Event.source_uid == demo.source_uid(0))):
        click.echo("The demo is there already.")
    elif taken := db.session.scalar(select(User.email).where(User.email.in_(people)).limit(1)):
        raise click.ClickException(
            f"Somebody has signed up as {taken}, whom the demo needs: seed an empty database."
        )
    else:
        _seed()
        click.echo(
            f"{len(demo_events.EVENTS)} events, {demo.LISTINGS} offers and "
            f"{demo_sales.SALES} sales are there to look at."
        )
    for email, name in demo.PEOPLE.items():
        click.echo(f"{name} signs in with {email} and {demo.PASSWORD}")


def _seed() -> None:
    """In one go or not at all."""
    password_hash = demo.hashed_password()
    with transaction():
        marketplace = demo.open_marketplace(password_hash)
        demo_sales.remember_sales(marketplace, password_hash)
