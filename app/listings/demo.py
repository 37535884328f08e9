"""The demo's events and what is on sale for them. The same each time, always ahead of today."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random
from typing import Any

from app import clock
from app.accounts import passwords, seller_statements
from app.accounts.registration import sign_up
from app.catalog import scheduling
from app.catalog.models import Category, Event
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


@dataclass(frozen=True, slots=True)
class Marketplace:
    """Who is there and what is on, each by their ids. The first events are the popular ones."""

    people: Sequence[int]
    events: Sequence[int]


def hashed_password() -> passwords.PasswordHash:
    """Everybody's. It takes long, so it is done before the transaction."""
    return passwords.hashed(PASSWORD)


def open_marketplace(password_hash: passwords.PasswordHash) -> Marketplace:
    """Sign the people up, schedule the events and publish the offers."""
    dice = Random("ticketbay demo")  # the same marketplace for everybody
    people = sign_up_all(PEOPLE, password_hash)
    events = [_schedule(number, *facts).id for number, facts in enumerate(demo_events.EVENTS)]
    for row in range(LISTINGS):
        offering.publish(**_offer(dice, people, events, row))
    return Marketplace(people, events)


def sign_up_all(names: Mapping[str, str], password_hash: passwords.PasswordHash) -> list[int]:
    """The ids of these people, who sell as private persons."""
    people = [sign_up(email, password_hash, name).id for email, name in names.items()]
    for seller_id in people:
        seller_statements.sell_privately(seller_id)
    return people


def usual_price_cents(number: int) -> int:
    """What a ticket for the event of that number has printed on it, more or less."""
    return 100 * (38 + number * 7 % 70)


def source_uid(number: int) -> str:
    """What an event of the demo is known by, whatever became of its title."""
    return f"demo-{number}"


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
        source_uid=source_uid(number),
    )


def _offer(dice: Random, sellers: Sequence[int], events: Sequence[int], row: int) -> dict[str, Any]:
    """The arguments of publish(). Popular events get more offers; the last one gets none."""
    number = min(int(dice.expovariate(1 / 12)), len(events) - 2)
    face_value_cents = usual_price_cents(number) + _extra_cents(row) + 100 * dice.randrange(0, 6, 5)
    return {
        "seller_id": dice.choice(sellers),
        "event_id": events[number],
        "price_cents": 100 * round(face_value_cents * dice.triangular(0.7, 1.7, 0.95) / 100),
        "face_value_cents": face_value_cents if dice.random() < 0.7 else None,
        **_places(dice, row),
        "handover_method": dice.choice(list(HandoverMethod)),
    }


def _extra_cents(row: int) -> int:
    """The first letters are near the stage and cost more."""
    return 200 * (len(SECTIONS) // 2 - row % len(SECTIONS))


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
