"""Where an event is, out of one line of text such as `Allianz Arena, München`."""

import re
from dataclasses import dataclass
from functools import cache

from babel import Locale

from app.catalog.local_time import is_country
from app.catalog.words import key
from app.web.languages import language

POSTAL_CODE = re.compile(r"^(?:[A-Z]{1,2}-)?\d{4,5}\s+(?=\S)")
COUNTRY_LOCALES = ("en", "de")


@dataclass(frozen=True)
class Place:
    venue: str
    city: str
    street: str | None = None
    country: str | None = None


def located(text: str) -> Place | None:
    """The venue first, the city last, what stands between as street. None without a city.

    A country behind the city is understood, and a postal code before it left out:
    `Allianz Arena, Werner-Heisenberg-Allee 25, 80939 München, Germany`.
    """
    parts = [part.strip() for part in re.split(r"[,\n]", text) if part.strip()]
    country = _country(parts[-1]) if len(parts) > 2 else None
    if country:
        parts.pop()
    if len(parts) < 2:
        return None
    city = POSTAL_CODE.sub("", parts[-1])
    return Place(parts[0], city, ", ".join(parts[1:-1]) or None, country)


def country_name(code: str) -> str:
    """What people call the country: `US` gives United States, in German Vereinigte Staaten."""
    return Locale(language()).territories.get(code, code)


def _country(name: str) -> str | None:
    return _countries().get(key(name))


@cache
def _countries() -> dict[str, str]:
    return {
        key(name): code
        for locale in COUNTRY_LOCALES
        for code, name in Locale(locale).territories.items()
        if is_country(code)
    }
