"""Readable addresses: `blur-leipzig-2027-03-14`."""

import secrets
from collections.abc import Iterator
from datetime import date

from app.catalog.words import words

LONGEST_TITLE = 60  # characters of a title that go into an address
NUMBERED = 9


def slugs(title: str, city: str, day: date) -> Iterator[str]:
    """Addresses to try for an event, the most readable first. It never ends."""
    base = "-".join([*_shortened(words(title) or ["event"]), *words(city), day.isoformat()])
    yield base
    for number in range(2, NUMBERED + 1):
        yield f"{base}-{number}"
    while True:
        yield f"{base}-{secrets.token_hex(4)}"


def _shortened(title: list[str]) -> list[str]:
    """As many of the words as fit, at least the first."""
    kept, length = title[:1], len(title[0])
    for word in title[1:]:
        length += len(word) + 1
        if length > LONGEST_TITLE:
            break
        kept.append(word)
    return kept
