"""A file of events, in either format."""

from codecs import BOM_UTF8
from collections.abc import Iterator
from pathlib import Path

from app.catalog.csv_files import COLUMNS, is_csv, read_csv
from app.catalog.encoding import decoded
from app.catalog.entries import BadEntry, Entry, UnreadableFile
from app.catalog.icalendar_files import is_icalendar, read_icalendar

LARGEST = 64 * 2**20  # bytes: all of it is held in memory


def read_events(path: Path) -> Iterator[Entry | BadEntry]:
    """The entries of an iCalendar or CSV file. UnreadableFile if it is neither."""
    content = _content(path)
    if is_icalendar(content):
        return read_icalendar(content)
    text = decoded(content)
    if is_csv(text):
        return read_csv(text)
    raise UnreadableFile(
        "it is neither an iCalendar file, which begins with BEGIN:VCALENDAR,"
        f" nor CSV with the columns {','.join(COLUMNS)}."
    )


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)  # a device tells no size and may have no end
    except OSError as error:
        raise UnreadableFile(f"{error.strerror}.") from error
    if len(content) > LARGEST:
        raise UnreadableFile(f"it is larger than {LARGEST // 2**20} MB. Split it.")
    return content.removeprefix(BOM_UTF8)
