"""Events from CSV, as docs/importing-events.md describes it."""

import csv
from collections.abc import Iterator
from datetime import date, datetime
from io import StringIO
from typing import Any

from app.catalog.encoding import NOT_UTF8, is_broken
from app.catalog.entries import BadEntry, Entry, UnreadableFile

COLUMNS = ("uid", "title", "category", "starts_at", "venue", "city", "country")
NEEDED = ("title", "starts_at", "venue", "city")

# Beyond its usual limit for a field the reader would give up the whole file, where only one row
# is of no use. The file as a whole is limited already.
csv.field_size_limit(2**31 - 1)


def is_csv(text: str) -> bool:
    """Whether the first line names columns of ours."""
    return not set(COLUMNS).isdisjoint(_header(text))


def read_csv(text: str) -> Iterator[Entry | BadEntry]:
    """Each row as an entry. UnreadableFile if a column is missing without which there is none."""
    header = _header(text)
    missing = [column for column in NEEDED if column not in header]
    if missing:
        columns = "column" if len(missing) == 1 else "columns"
        raise UnreadableFile(f"its first line lacks the {columns} {' and '.join(missing)}.")
    return _entries(text, header)


def _entries(text: str, header: list[str]) -> Iterator[Entry | BadEntry]:
    rows = _reader(text)
    next(rows)
    line = rows.line_num + 1
    for row in rows:
        if row:
            yield _entry(line, header, row)
        line = rows.line_num + 1  # a row may stretch over several


def _reader(text: str) -> Any:
    first, _, _ = text.partition("\n")
    # Spreadsheets in countries with a decimal comma put semicolons.
    delimiter = ";" if first.count(";") > first.count(",") else ","
    return csv.reader(StringIO(text, newline=""), delimiter=delimiter)


def _header(text: str) -> list[str]:
    return [name.strip().casefold() for name in next(_reader(text), [])]


def _entry(line: int, header: list[str], row: list[str]) -> Entry | BadEntry:
    named = dict(zip(header, row, strict=False))
    facts = {name: named.get(name, "").strip() for name in COLUMNS}
    name = facts["title"] or facts["uid"]
    if len(row) > len(header):
        return BadEntry(line, name, "more columns than the first line names")
    if is_broken("".join(row)):
        return BadEntry(line, name, f"it {NOT_UTF8}")
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
