"""What a file of events is read into, whatever its format."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One event as the file has it; None where the file is silent."""

    line: int
    uid: str | None
    title: str
    # A date alone means that the time is not announced. A time without a zone is meant
    # in `timezone`, or if that is None, in the venue's.
    starts: datetime | date
    timezone: str | None = None
    calendar_timezone: str | None = None  # where most of the file's entries are
    venue: str
    city: str
    street: str | None = None
    country: str | None = None
    category: str | None = None
    is_cancelled: bool = False


@dataclass(frozen=True)
class BadEntry:
    """An entry that cannot be read, and why."""

    line: int
    name: str  # its title, else its UID, as far as they could be read
    reason: str


class UnreadableFile(Exception):
    """The file as a whole is of no use. The message says why and what to do."""
