"""docs/domain-events.md, made from the domain events that the features declare.

python -m bin.event_catalogue
"""

import importlib
import sys
from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from app.config import ROOT
from app.outbox.recording import DomainEvent

DOCUMENT = ROOT / "docs" / "domain-events.md"
KINDS = {int: "integer", str: "text", bool: "boolean", datetime: "time"}
INTRODUCTION = """\
# Domain events

What happens is recorded with the change that made it true, and told afterwards: to what reacts
inside, to the [event stream and to webhooks](following-events.md) outside. Made by
`python -m bin.event_catalogue` from each feature's `domain_events.py`.

Events of one subject are told in order. `data` is a JSON object of ids and plain facts, without
personal data: times in RFC 3339, amounts in cents. A version only ever gets more fields; what
changes otherwise is another version.
"""


def main() -> int:
    """Write the document anew."""
    DOCUMENT.write_text(document())
    print(f"{DOCUMENT.relative_to(ROOT)}: {len(events())} events")
    return 0


def document() -> str:
    """What the document has to say."""
    parts = [INTRODUCTION, "| Type | |", "|---|---|"]
    parts += [f"| [`{event.type}`](#{_anchor(event)}) | {_says(event)} |" for event in events()]
    for event in events():
        parts += ["", f"## {event.type}", "", *_described(event)]
    return "\n".join(parts) + "\n"


def events() -> list[type[DomainEvent]]:
    """Every domain event there is, by type."""
    for path in sorted(ROOT.glob("app/*/domain_events.py")):
        importlib.import_module(f"app.{path.parent.name}.domain_events")
    ours = [one for one in _below(DomainEvent) if one.__module__.startswith("app.")]
    return sorted((one for one in ours if "type" in vars(one)), key=lambda one: one.type)


def fields_of(event: type[DomainEvent]) -> Iterator[tuple[str, Any, str]]:
    """Name, Python type and meaning of each field. TypeError if one does not say what it means."""
    hints = get_type_hints(event, include_extras=True)
    for field in fields(event):  # type: ignore[arg-type]
        hint = hints[field.name]
        if get_origin(hint) is not Annotated:
            raise TypeError(f"{event.__name__}.{field.name} does not say what it means")
        kind, meaning = get_args(hint)
        yield field.name, kind, meaning


def _below(base: type[DomainEvent]) -> Iterator[type[DomainEvent]]:
    for one in base.__subclasses__():
        yield one
        yield from _below(one)


def _described(event: type[DomainEvent]) -> Iterator[str]:
    yield f"{_says(event)} Version {event.version}, subject `{_subject(event)}`."
    yield from ("", "| Field | | |", "|---|---|---|")
    for name, kind, meaning in fields_of(event):
        yield f"| `{name}` | {KINDS[kind]} | {meaning} |"


def _says(event: type[DomainEvent]) -> str:
    return " ".join((vars(event)["__doc__"] or "").split())


def _subject(event: type[DomainEvent]) -> str:
    """Such as `orders/{order_id}`: asked of an event whose fields are their own names."""
    names = {name: f"{{{name}}}" for name, _, _ in fields_of(event)}
    return event(**names).subject


def _anchor(event: type[DomainEvent]) -> str:
    return event.type.replace(".", "")


if __name__ == "__main__":
    sys.exit(main())
