"""A marketplace to look at: `flask seed-demo`. The same one each time, always ahead of today."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from random import Random
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from app import clock
from app.accounts import passwords, seller_statements
from app.accounts.models import User
from app.accounts.registration import sign_up
from app.catalog import scheduling
from app.catalog.models import Category, Event
from app.config import settings
from app.db import db, transaction
from app.listings import demo_events, offering
from app.listings.models import HandoverMethod, SplitRule

PASSWORD = "paper-lantern-harbour"
PEOPLE = {
    "seller@example.org": "Selma",
    "buyer@example.org": "Ben",
    "rival@example.org": "Rosa",
}
LISTINGS = 600
SECTIONS = "ABCDEFGHKLMNOPRST"
FIRST_DAY, DAYS_BETWEEN = 5, 3


@click.command("seed-demo")
@with_appcontext
def seed_demo() -> None:
    """Fill an empty installation with events and offers to try it out."""
    if settings().is_production:
        raise click.ClickException("seed-demo is for trying things out, not for production.")
    if db.session.scalar(select(Event.id).where(Event.source_uid == _uid(0))):
        click.echo("The demo is there already.")
    elif taken := db.session.scalar(select(User.email).where(User.email.in_(PEOPLE)).limit(1)):
        raise click.ClickException(
            f"Somebody has signed up as {taken}, whom the demo needs: seed an empty database."
        )
    else:
        events, listings = seed()
        click.echo(f"{events} events and {listings} offers are there to look at.")
    for email, name in PEOPLE.items():
        click.echo(f"{name} signs in with {email} and {PASSWORD}")


def seed() -> tuple[int, int]:
    """The people, the events and their offers, in one go or not at all. How many of the latter."""
    dice = Random("ticketbay demo")  # the same marketplace for everybody
    password_hash = passwords.hashed(PASSWORD)
    with transaction():
        sellers = [sign_up(email, password_hash, name).id for email, name in PEOPLE.items()]
        for seller_id in sellers:
            seller_statements.sell_privately(seller_id)
        events = [_schedule(number, *facts).id for number, facts in enumerate(demo_events.EVENTS)]
        for row in range(LISTINGS):
            offering.publish(**_offer(dice, sellers, events, row))
    return len(events), LISTINGS


def _schedule(number: int, title: str, category: Category, hour: int, place: str) -> Event:
    name, street, city, country, timezone = demo_events.PLACES[place]
    venue = scheduling.find_or_add_venue(name, city, country, timezone, street)
    day = clock.now().date() + timedelta(days=FIRST_DAY + number * DAYS_BETWEEN)
    starts_at = scheduling.to_utc(datetime.combine(day, time(hour)), timezone)
    time_announced = number % 13 != 12
    return scheduling.schedule(
        title=title,
        category=category,
        venue=venue,
        starts_at=starts_at,
        time_announced=time_announced,
        doors_at=starts_at - timedelta(hours=1) if time_announced else None,
        source_uid=_uid(number),
    )


def _uid(number: int) -> str:
    """What an event of the demo is known by, whatever became of its title."""
    return f"demo-{number}"


def _offer(dice: Random, sellers: Sequence[int], events: Sequence[int], row: int) -> dict[str, Any]:
    """The arguments of publish(). Popular events get more offers; the last one gets none."""
    number = min(int(dice.expovariate(1 / 12)), len(events) - 2)
    face_value_cents = 100 * (22 + number * 7 % 70 + dice.randrange(0, 30, 5))
    return {
        "seller_id": dice.choice(sellers),
        "event_id": events[number],
        "price_cents": face_value_cents * dice.randrange(70, 160, 5) // 100,
        "face_value_cents": face_value_cents if dice.random() < 0.7 else None,
        **_places(dice, row),
        "handover_method": dice.choice(list(HandoverMethod)),
    }


def _places(dice: Random, row: int) -> dict[str, Any]:
    """Seats in this row, or a number of tickets without one.

    Each offer has a row of its own, so that nobody offers a seat twice.
    """
    count = dice.choice((1, 1, 2, 2, 2, 2, 3, 4, 4, 6))
    split_rule = dice.choice(list(SplitRule)) if count > 1 else SplitRule.ANY
    if dice.random() < 0.2:
        return {"quantity": count, "section": "Standing", "split_rule": split_rule}
    first = dice.randrange(1, 30)
    return {
        "seats": [str(seat) for seat in range(first, first + count)],
        "section": SECTIONS[row % len(SECTIONS)],
        "row": str(row // len(SECTIONS) + 1),
        "split_rule": split_rule,
    }
