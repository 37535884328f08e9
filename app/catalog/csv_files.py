"""Events from CSV, as docs/importing-events.md describes it."""

import csv
from collections.abc import Iterator
from datetime import date, datetime
from io import StringIO
from typing import Any

from app.catalog.entries import BadEntry, Entry, UnreadableFile

COLUMNS = ("uid", "title", "category", "starts_at", "venue", "city", "country")
NEEDED = ("title", "starts_at", "venue", "city")


def is_csv(text: str) -> bool:
    """Whether the first line names the columns."""
    return set(NEEDED) <= set(_header(text))


def read_csv(text: str) -> Iterator[Entry | BadEntry]:
    """Each row as an entry. UnreadableFile from the row on that is not CSV."""
    rows = _reader(text)
    header = _header(text)
    next(rows)
    try:
        for row in rows:
            if len(row) > len(header):
                name = dict(zip(header, row, strict=False))["title"]
                yield BadEntry(rows.line_num, name, "more columns than the first line names")
            elif row:
                yield _entry(rows.line_num, dict(zip(header, row, strict=False)))
    except csv.Error as error:
        raise UnreadableFile(f"line {rows.line_num} is not CSV: {error}.") from error


def _reader(text: str) -> Any:
    first, _, _ = text.partition("\n")
    # Spreadsheets in countries with a decimal comma put semicolons.
    delimiter = ";" if first.count(";") > first.count(",") else ","
    return csv.reader(StringIO(text, newline=""), delimiter=delimiter)


def _header(text: str) -> list[str]:
    try:
        return [name.strip().casefold() for name in next(_reader(text), [])]
    except csv.Error:
        return []


def _entry(line: int, row: dict[str, str]) -> Entry | BadEntry:
    facts = {name: row.get(name, "").strip() for name in COLUMNS}
    name = facts["title"] or facts["uid"]
    missing = [column for column in NEEDED if not facts[column]]
    if missing:
        return BadEntry(line, name, f"{' and '.join(missing)} missing")
    starts = _starts(facts["starts_at"])
    if starts is None:
        reason = f"starts_at “{facts['starts_at']}” is not a time like 2027-03-14 20:00"
        return BadEntry(line, name, reason)
    return Entry(
        line=line,
        uid=facts["uid"] or None,
        title=facts["title"],
        starts=starts,
        venue=facts["venue"],
        city=facts["city"],
        country=facts["country"] or None,
        category=facts["category"].casefold() or None,
    )


def _starts(value: str) -> datetime | date | None:
    for kind in (date, datetime):
        try:
            return kind.fromisoformat(value)
        except ValueError:
            continue
    return None
