"""What went wrong, for programs: problem details (RFC 9457).

`type` names the kind of problem and stays the same whatever the words. It is the address of the
place in /api/docs that explains it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import Response, g
from flask_babel import gettext as _
from pydantic import BaseModel, ConfigDict
from werkzeug.http import HTTP_STATUS_CODES

from app.errors import Refusal
from app.web import request_ids

MEDIA_TYPE = "application/problem+json"
DOCUMENTED_AT = "/api/docs#problem-"


class Fault(BaseModel):
    """One value that is wrong, and where: `pointer` in the body, or the name of a `parameter`."""

    detail: str
    pointer: str | None = None  # RFC 6901
    parameter: str | None = None


class Problem(BaseModel):
    """Why a request was refused. `detail` is for people, `type` and `errors` for programs.

    `event_ids` comes with `likely-duplicates`.
    """

    model_config = ConfigDict(extra="forbid")

    type: str
    title: str
    status: int
    detail: str | None = None
    errors: list[Fault] | None = None
    event_ids: list[int] | None = None
    request_id: str


class NotAsDescribed(Refusal):
    """Values are missing, unknown or wrong. `errors` names each of them."""

    status = 422

    def __init__(self, faults: Sequence[Fault]):
        super().__init__(faults[0].detail if len(faults) == 1 else _("Several values are wrong."))
        self.faults = faults


def problem(
    status: int,
    *,
    kind: str | None = None,
    detail: str | None = None,
    errors: Sequence[Fault] = (),
    headers: Mapping[str, str] | None = None,
    members: Mapping[str, Any] | None = None,
) -> Response:
    """The answer. `kind` is what the type is named after; by default that is the status.

    `members` are further fields of Problem, for the kinds that have any.
    """
    title = HTTP_STATUS_CODES.get(status, "Error")
    body = Problem(
        type=f"{DOCUMENTED_AT}{kind or name_of_status(status)}",
        title=title,
        status=status,
        detail=detail,
        errors=list(errors) or None,
        request_id=request_ids.current(),
        **(members or {}),
    )
    return Response(
        body.model_dump_json(exclude_none=True),
        status=status,
        headers=dict(headers or {}),
        mimetype=MEDIA_TYPE,
    )


def name_of_status(status: int) -> str:
    """`too-many-requests` for 429."""
    return _with_hyphens(HTTP_STATUS_CODES.get(status, "error").replace(" ", "-"))


def name_of_refusal(kind: type[Refusal]) -> str:
    """`tickets-unavailable` for TicketsUnavailable."""
    return _with_hyphens(re.sub(r"(?<=[a-z])(?=[A-Z])", "-", kind.__name__))


def kinds_of_refusals(of: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    """Every kind of refusal there is."""
    for kind in of.__subclasses__():
        yield kind
        yield from kinds_of_refusals(kind)


def name_fields(places: Mapping[str, str]) -> None:
    """Where in this request's body the domain's fields stand: `{"venue": "/venue/name"}`.

    A field that is not named stands at the top, under its own name.
    """
    g.field_places = places


def faults_of(refusal: Refusal) -> Sequence[Fault]:
    """The values that are wrong, each with its place, if the refusal is about any."""
    if isinstance(refusal, NotAsDescribed):
        return refusal.faults
    if not refusal.field:
        return []
    place = g.get("field_places", {}).get(refusal.field, f"/{refusal.field}")
    name = place.removeprefix("?")
    if name != place:
        return [Fault(detail=str(refusal), parameter=name)]
    return [Fault(detail=str(refusal), pointer=place)]


def _with_hyphens(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
