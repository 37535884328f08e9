"""What the models of requests and answers have in common, and the kinds of values they hold.

Nothing is guessed: a number in quotes, an unknown field or a time without a zone is refused.
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any, Generic, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
)
from pydantic.json_schema import SkipJsonSchema, WithJsonSchema

from app.web.ids import BIGGEST_ID

Item = TypeVar("Item")

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_WHOLE_NUMBER = re.compile(r"-?(0|[1-9]\d{0,17})", re.ASCII)
_TIME = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)


class Input(BaseModel):
    """The body of a request."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Query(BaseModel):
    """What follows the `?` of an address. Each name once."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Output(BaseModel):
    """An answer, or a part of one. Every field is always there; what is not known is null."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class Nothing(Input):
    """The body of a request that has none."""


class Items(Output, Generic[Item]):
    """A page of a list. `next_cursor` is what `cursor` takes for the next one; null on the last."""

    items: Sequence[Item]
    next_cursor: str | None


def unsent(description: str | None = None) -> Any:
    """What a field is that need not be sent, and for which null is no value.

    `model_fields_set` and `model_dump(exclude_unset=True)` tell whether it came.
    """
    return Field(default_factory=lambda: None, description=description)


def choice_of(kind: type[StrEnum]) -> WithJsonSchema:
    """The kind described where it is used, for programs, and alike in a body and an address."""
    return WithJsonSchema({"type": "string", "enum": [str(each) for each in kind]})


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _time(value: Any) -> Any:
    # Pydantic would take a number of seconds, too.
    if not isinstance(value, str):
        return value
    try:
        if _TIME.fullmatch(value):
            return datetime.fromisoformat(value.upper())
    except ValueError:
        pass  # the thirtieth of February
    raise ValueError("Write a time with its zone, such as 2027-03-21T19:30:00Z (RFC 3339).")


def _whole_number(value: Any) -> Any:
    if isinstance(value, str):
        if not _WHOLE_NUMBER.fullmatch(value):
            raise ValueError("Write a whole number.")
        return int(value)
    return value


def _day(value: Any) -> Any:
    if isinstance(value, str):
        if not _DAY.fullmatch(value):
            raise ValueError("Write a day such as 2027-03-21.")
        return date.fromisoformat(value)
    return value


def _storable(text: str) -> str:
    if "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        raise ValueError("Leave out the characters that are none.")
    return text


# A moment: in as RFC 3339 with any zone, out in UTC.
Time = Annotated[
    AwareDatetime,
    BeforeValidator(_time),
    PlainSerializer(_utc, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
# Text that both databases can keep.
Text = Annotated[str, AfterValidator(_storable)]
Id = Annotated[int, Field(ge=1, le=BIGGEST_ID)]
Cents = Annotated[int, Field(ge=0, le=10**12)]
Currency = Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")]

# The same in an address, where everything is text. Bounds stand before NUMBER, which reads it:
# behind it they would be described in words that are none of JSON Schema.
NUMBER = BeforeValidator(_whole_number)
IdInQuery = Annotated[int, Field(ge=1, le=BIGGEST_ID), NUMBER]
CentsInQuery = Annotated[int, Field(ge=0, le=10**12), NUMBER]
DayInQuery = Annotated[
    date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})
]

MOST_ITEMS = 100


class ListQuery(Query):
    """What every list takes."""

    limit: Annotated[int, Field(ge=1, le=MOST_ITEMS, description="How many at most."), NUMBER] = 20
    cursor: Annotated[str, StringConstraints(max_length=200)] | SkipJsonSchema[None] = Field(
        None, description="The `next_cursor` of the page before."
    )
