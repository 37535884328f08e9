"""Venues: one row for each name in a city, whoever enters it first."""

from flask_babel import gettext as _
from sqlalchemy import CTE, ColumnElement, and_, false, func, literal, select
from sqlalchemy.exc import IntegrityError

from app import clock
from app.catalog.local_time import is_country, is_zone_of, same_clock, zone_of_country
from app.catalog.locations import country_name
from app.catalog.matching import MOST_WORDS
from app.catalog.models import Event, EventStatus, Venue
from app.catalog.names import cleaned
from app.catalog.words import key, words
from app.db import db
from app.errors import Invalid

LONGEST_NAME, LONGEST_CITY, LONGEST_STREET = 120, 80, 120
SOON = 1000  # this many events tell which cities have something on


def find_or_add_venue(
    name: str, city: str, country: str, timezone: str | None = None, street: str | None = None
) -> Venue:
    """The venue of that name in that city, made if there is none yet. Invalid names the field.

    Spelling does not matter: `Café Müller` and `CAFE MULLER` are one. A venue that
    is there keeps its street, and its clock has to be the one of the time zone, if one
    is given. Without a time zone a new one gets its country's, if that has one only.
    """
    name, city, country = _cleaned(name, city, country)
    venue = _find(name, city, country) or _add(name, city, country, timezone, street)
    if timezone and not same_clock(timezone, venue.timezone):
        raise Invalid(
            _(
                "%(venue)s has the time zone %(zone)s. Choose that one.",
                venue=venue.name,
                zone=venue.timezone,
            ),
            "timezone",
        )
    return venue


def find_venue(name: str, city: str, country: str) -> Venue | None:
    """The venue of that name in that city, in any spelling. Invalid names the field."""
    return _find(*_cleaned(name, city, country))


def list_venues(q: str, city: str, after: int, limit: int) -> list[Venue]:
    """Up to `limit` venues behind the id `after`, in the order of their ids.

    Every word of `q` must begin a word of the name or the city; `city` is the whole name in any
    spelling. What is left empty does not restrict. There are few enough to walk along them.
    """
    venues = select(Venue).where(Venue.id > after)
    if q.strip():
        begun = literal(" ") + Venue.name_key + literal(" ") + Venue.city_key
        wanted = [begun.contains(f" {word}") for word in words(q)[:MOST_WORDS]]
        # Signs alone find nothing, as in the search for events.
        venues = venues.where(and_(*wanted) if wanted else false())
    if city.strip():
        venues = venues.where(Venue.city_key == key(city))
    return list(db.session.scalars(venues.order_by(Venue.id).limit(limit)))


def popular_cities(limit: int = 12) -> list[str]:
    """Where most is on soon, for the search form. It looks at the next thousand events only."""
    soon = (
        select(Event.venue_id)
        .where(Event.starts_at > clock.now(), Event.status != EventStatus.CANCELLED)
        .order_by(Event.starts_at, Event.id)
        .limit(SOON)
        .subquery()
    )
    return list(
        db.session.scalars(
            select(func.min(Venue.city))
            .join(soon, soon.c.venue_id == Venue.id)
            .group_by(Venue.city_key)
            .order_by(func.count().desc(), Venue.city_key)
            .limit(limit)
        )
    )


def cities_beginning_with(text: str, limit: int = 10) -> list[str]:
    """Where something is on, to complete a city while it is typed, by name in any spelling.

    As long as nothing is typed, the popular ones.
    """
    prefix = key(text).replace("\0", "")
    if not prefix:
        return popular_cities(limit)
    walk = _walk(prefix)
    here = (
        select(Venue.city)
        .join(Event, Event.venue_id == Venue.id)
        .where(
            Event.city_key == walk.c.city_key,
            Event.starts_at > clock.now(),
            Event.status != EventStatus.CANCELLED,
        )
        .order_by(Event.starts_at)
        .limit(1)
        .scalar_subquery()
    )
    found = select(walk.c.city_key, here.label("city")).where(_begins(walk, prefix)).subquery()
    return list(
        db.session.scalars(
            select(found.c.city)
            .where(found.c.city.is_not(None))
            .order_by(found.c.city_key)
            .limit(limit)
        )
    )


def _walk(prefix: str) -> CTE:
    """The keys of all cities that begin so, and the one behind them.

    From each to the next it looks into the index of the events once, however many there are in
    a city. It notices the end by itself: what comes right behind all texts that begin so, no two
    collations agree on.
    """
    first = select(func.min(Event.city_key).label("city_key")).where(Event.city_key >= prefix)
    walk = first.cte("walk", recursive=True)
    following = select(func.min(Event.city_key)).where(Event.city_key > walk.c.city_key)
    return walk.union_all(select(following.scalar_subquery()).where(_begins(walk, prefix)))


def _begins(walk: CTE, prefix: str) -> ColumnElement[bool]:
    return func.substr(walk.c.city_key, 1, len(prefix)) == prefix


def _cleaned(name: str, city: str, country: str) -> tuple[str, str, str]:
    name = cleaned(name, "venue", _("Venue"), shortest=1, longest=LONGEST_NAME)
    city = cleaned(city, "city", _("City"), shortest=1, longest=LONGEST_CITY)
    country = country.strip().upper()
    if not is_country(country):
        raise Invalid(
            _("“%(code)s” is not a country code. Write it like DE.", code=country), "country"
        )
    return name, city, country


def _find(name: str, city: str, country: str) -> Venue | None:
    return db.session.scalar(
        select(Venue).filter_by(name_key=key(name), city_key=key(city), country=country)
    )


def _add(name: str, city: str, country: str, timezone: str | None, street: str | None) -> Venue:
    timezone = timezone or zone_of_country(country)
    if not timezone:
        raise Invalid(
            _(
                "%(country)s has more than one time zone. Choose the one of the venue.",
                country=country_name(country),
            ),
            "timezone",
        )
    if not is_zone_of(timezone, country):
        raise Invalid(
            _(
                "%(zone)s is not a time zone of %(country)s. Choose another one.",
                zone=timezone,
                country=country_name(country),
            ),
            "timezone",
        )
    venue = Venue(
        name=name,
        name_key=key(name),
        street=_street(street) if street else None,
        city=city,
        city_key=key(city),
        country=country,
        timezone=timezone,
    )
    try:
        with db.session.begin_nested():
            db.session.add(venue)
    except IntegrityError:
        # Somebody else entered it a moment ago.
        return db.session.scalars(
            select(Venue).filter_by(name_key=key(name), city_key=key(city), country=country)
        ).one()
    return venue


def _street(street: str) -> str:
    return cleaned(street, "street", _("Street"), shortest=1, longest=LONGEST_STREET)
