"""Declaring an operation: what it takes, what it answers, what can go wrong."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from flask import Response, g, request
from pydantic import BaseModel

from app.api import idempotency, inputs, versions
from app.api.lists import link_to_next
from app.api.schemas import Items, Query
from app.web import problems

View = Callable[..., Any]


@dataclass(frozen=True)
class Operation:
    """What is declared about one view. `app.api.document` describes it to others."""

    summary: str
    description: str
    answers: Mapping[int, type[BaseModel] | None]  # by status; the first is the usual one
    body: type[BaseModel] | None
    query: type[Query] | None
    problems: Sequence[int]
    places: Mapping[str, str] = field(default_factory=dict)
    takes_idempotency_key: bool = False
    needs_version: bool = False
    takes_version: bool = False
    gives_etag: bool = False
    gives_location: bool = False

    @property
    def usual_status(self) -> int:
        return next(iter(self.answers))


@dataclass(frozen=True)
class Answer:
    """What a view gives where the model alone does not say it all."""

    body: BaseModel | None = None
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def operation(
    *,
    answers: Mapping[int, type[BaseModel] | None],
    body: type[BaseModel] | None = None,
    query: type[Query] | None = None,
    problems: Sequence[int] = (),
    places: Mapping[str, str] | None = None,
    takes_idempotency_key: bool = False,
    needs_version: bool = False,
    takes_version: bool = False,
    gives_etag: bool = False,
    gives_location: bool = False,
) -> Callable[[View], View]:
    """The view as an operation of the API, described by its docstring: a line, then the rest.

    It stands below the decorator that says who may, because a stranger learns nothing about
    their input. The view is given `body` and `query` where there are models for them, both
    checked, and returns a model, None, or an Answer. `problems` are the statuses that are its
    own, beside those of every operation. `places` says where in the body the fields stand that
    the domain refuses, if they are called otherwise: `{"price": "/price_cents"}`. If-Match is
    required where it `needs_version`, and may be sent where it `takes_version`. With `gives_etag`
    the answer to a change is what a GET gives now, and carries the same ETag. With
    `gives_location` the view says in its Answer where what it made is found.
    """

    def declare(view: View) -> View:
        summary, _, description = (view.__doc__ or "").strip().partition("\n")
        declared = Operation(
            summary=summary,
            description="\n".join(line.strip() for line in description.strip().splitlines()),
            answers=answers,
            body=body,
            query=query,
            problems=problems,
            places=places or {},
            takes_idempotency_key=takes_idempotency_key,
            needs_version=needs_version,
            takes_version=takes_version,
            gives_etag=gives_etag,
            gives_location=gives_location,
        )

        @wraps(view)
        def operate(**path: Any) -> Response:
            g.api_operation = declared
            return _operate(declared, view, path)

        operate.api_operation = declared  # type: ignore[attr-defined]
        return operate

    return declare


def kept(answer: Answer) -> Response:
    """The answer, stored for whoever repeats the request. To be called in the transaction of what
    it tells, and to be returned after that: then a crash loses neither without the other.

    Without an Idempotency-Key it is only an answer. What is not kept so is kept a moment later.
    """
    response = _answer(g.api_operation, answer)
    idempotency.keep(response)
    return response


def operation_of(view: View) -> Operation | None:
    """What is declared about the view. None if it is no operation of the API."""
    return getattr(view, "api_operation", None)


def _operate(declared: Operation, view: View, path: Mapping[str, Any]) -> Response:
    problems.name_fields(_parameters(declared.query) | dict(declared.places))
    given = dict(path)
    if query := inputs.query(declared.query):
        given["query"] = query
    if declared.needs_version:
        versions.require()
    body = inputs.body(declared.body)
    if declared.body:
        given["body"] = body

    def answer() -> Response:
        return _answer(declared, view(**given))

    return idempotency.once(answer) if declared.takes_idempotency_key else answer()


def _answer(declared: Operation, result: Any) -> Response:
    if isinstance(result, Response):
        return result
    answer = result if isinstance(result, Answer) else Answer(result)
    status = answer.status or declared.usual_status
    response = Response(status=status, headers=dict(answer.headers))
    if answer.body is None:
        response.headers.pop("Content-Type", None)
        return response
    response.set_data(answer.body.model_dump_json(by_alias=True))
    response.mimetype = "application/json"
    if isinstance(answer.body, Items):
        link_to_next(response, answer.body.next_cursor)
    if request.method in ("GET", "HEAD"):
        return versions.unless_known(response)
    return versions.named(response) if declared.gives_etag else response


def _parameters(query: type[Query] | None) -> dict[str, str]:
    """What the domain refuses of a query stands behind the `?`."""
    fields = query.model_fields.items() if query else ()
    return {name: f"?{field.alias or name}" for name, field in fields}
