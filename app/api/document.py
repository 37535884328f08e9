"""The API described for programs: an OpenAPI 3.1 document, made from what is declared."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Flask
from openapi_pydantic import OpenAPI
from openapi_pydantic.util import PydanticSchema, construct_open_api_with_schema_class
from pydantic import BaseModel
from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.routing import Rule

from app.api import idempotency
from app.api.blueprints import PREFIX
from app.api.examples import example_of
from app.api.operations import Operation, operation_of
from app.api.schemas import Items, Query
from app.web.ids import BIGGEST_ID, PublicIdConverter
from app.web.problems import DOCUMENTED_AT, MEDIA_TYPE, Problem, name_of_status

PATH_PARAMETERS = {
    "IdConverter": {"type": "integer", "minimum": 1, "maximum": BIGGEST_ID},
    "PublicIdConverter": {"type": "string", "pattern": f"^{PublicIdConverter.regex}$"},
}
# With what every request may be refused: also where no body is described one may be sent.
ALWAYS = (400, 413, 415, 422, 500, 503)
# The kind of problem that each status mostly is; the others are named after their status.
USUAL_KINDS = {
    400: "malformed",
    401: "unauthenticated",
    409: "conflict",
    412: "version-stale",
    415: "wrong-media-type",
    422: "not-as-described",
    428: "version-missing",
}
RETRY_AFTER = {
    "Retry-After": {
        "description": "After how many seconds trying again may help.",
        "schema": {"type": "integer", "minimum": 0},
    }
}


def document(app: Flask, *, title: str, version: str, description: str, url: str) -> dict[str, Any]:
    """The whole document, ready to be sent as JSON."""
    described = list(operations(app))
    statuses = {
        status for rule, operation in described for status in _problems(app, rule, operation)
    }
    paths: dict[str, dict[str, Any]] = {}
    for rule, operation in described:
        for method in _methods(rule):
            path = paths.setdefault(_path(rule), {})
            path[method.lower()] = _operation(app, rule, operation)
    whole = OpenAPI.model_validate(
        {
            "openapi": "3.1.1",
            "info": {"title": title, "version": version, "description": description},
            "servers": [{"url": f"{url}{PREFIX}"}],
            "paths": paths,
            "components": {
                "securitySchemes": {
                    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
                },
                "responses": {_component(status): _problem(status) for status in sorted(statuses)},
            },
        }
    )
    whole = construct_open_api_with_schema_class(whole, [Problem])
    made: dict[str, Any] = whole.model_dump(mode="json", by_alias=True, exclude_unset=True)
    _bound_by_whole_numbers(made)
    return made


def operations(app: Flask) -> Iterator[tuple[Rule, Operation]]:
    """Every operation of the API with where it is found, in the order of their paths."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if operation := operation_of(app.view_functions[rule.endpoint]):
            yield rule, operation


def _bound_by_whole_numbers(part: Any) -> None:
    """Undo that the library keeps bounds as floats, to which the biggest id is one too big."""
    if isinstance(part, dict):
        for name, value in part.items():
            if name in ("minimum", "maximum") and isinstance(value, float):
                part[name] = min(int(value), BIGGEST_ID)
            else:
                _bound_by_whole_numbers(value)
    elif isinstance(part, list):
        for each in part:
            _bound_by_whole_numbers(each)


def _operation(app: Flask, rule: Rule, operation: Operation) -> dict[str, Any]:
    view = app.view_functions[rule.endpoint]
    described: dict[str, Any] = {
        "operationId": rule.endpoint.rpartition(".")[2],
        "tags": [rule.endpoint.partition("_api.")[0]],
        "summary": operation.summary,
        "description": operation.description,
        "parameters": [*_path_parameters(rule), *_query_parameters(operation.query)],
        "responses": {
            **{
                str(status): _answer(status, model, rule, operation)
                for status, model in operation.answers.items()
            },
            **{
                str(status): {"$ref": f"#/components/responses/{_component(status)}"}
                for status in _problems(app, rule, operation)
            },
        },
        "security": [{"bearer": []}] if _needs_token(view) else [],
    }
    if operation.body:
        described["requestBody"] = {"required": True, "content": _content(operation.body)}
    if operation.takes_idempotency_key:
        described["parameters"].append(IDEMPOTENCY_KEY)
    if operation.needs_version or operation.takes_version:
        described["parameters"].append(IF_MATCH | {"required": operation.needs_version})
    if "GET" in _methods(rule):
        described["parameters"].append(IF_NONE_MATCH)
        described["responses"]["304"] = {"description": "What you have is what there is."}
    return described


IDEMPOTENCY_KEY = {
    "name": idempotency.HEADER,
    "in": "header",
    "required": False,
    "description": "A random text of your own. The same request with the same key has one effect "
    "and one answer, for a day.",
    "schema": {"type": "string", "pattern": f"^[ -~]{{1,{idempotency.LONGEST_KEY}}}$"},
    "example": "8e03978e-40d5-43e8-bc93-6894a57f9324",
}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "description": "The ETag of the version that you change.",
    "schema": {"type": "string"},
    "example": '"0d6f4f2b8c1e4a7d9b3c5e7f90a1b2c3"',
}
IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The ETag of what you have. If that is still so, the answer is a 304.",
    "schema": {"type": "string"},
}


def _answer(
    status: int, model: type[BaseModel] | None, rule: Rule, operation: Operation
) -> dict[str, Any]:
    described: dict[str, Any] = {"description": HTTP_STATUS_CODES[status], "headers": {}}
    if model is None:
        return described
    described["description"] = (model.__doc__ or HTTP_STATUS_CODES[status]).strip()
    described["content"] = _content(model)
    if operation.gives_location:
        described["headers"]["Location"] = {
            "description": "Where to find it.",
            "schema": {"type": "string"},
        }
    if operation.gives_etag or "GET" in _methods(rule):
        described["headers"]["ETag"] = {
            "description": "Names this answer.",
            "schema": {"type": "string"},
        }
    if issubclass(model, Items):
        described["headers"]["Link"] = {
            "description": "The next page, if there is one (RFC 8288).",
            "schema": {"type": "string"},
        }
    return described


def _content(model: type[BaseModel]) -> dict[str, Any]:
    return {"application/json": {"schema": _schema(model), "example": example_of(model)}}


def _schema(model: type[BaseModel]) -> Any:
    return PydanticSchema(schema_class=model)  # type: ignore[call-arg]


def _problem(status: int) -> dict[str, Any]:
    words = HTTP_STATUS_CODES[status]
    example: dict[str, Any] = {
        "type": f"{DOCUMENTED_AT}{USUAL_KINDS.get(status) or name_of_status(status)}",
        "title": words,
        "status": status,
        "request_id": "5f0c8f3a9d1e7b42",
    }
    described: dict[str, Any] = {
        "description": words,
        "content": {MEDIA_TYPE: {"schema": _schema(Problem), "example": example}},
    }
    if status in (409, 429, 503):
        described["headers"] = RETRY_AFTER
    if status == 401:
        described["headers"] = {
            "WWW-Authenticate": {"description": "Bearer.", "schema": {"type": "string"}}
        }
    return described


def _problems(app: Flask, rule: Rule, operation: Operation) -> list[int]:
    """Every status with which the operation may be refused."""
    statuses = {*operation.problems, *ALWAYS}
    if _needs_token(app.view_functions[rule.endpoint]):
        statuses.add(401)
    if rule.arguments:
        statuses.add(404)
    if operation.needs_version:
        statuses.update((412, 428))
    if operation.takes_version:
        statuses.add(412)
    if operation.takes_idempotency_key:
        statuses.add(409)
    return sorted(statuses)


def _needs_token(view: Any) -> bool:
    return view.declared_access == "bearer"


def _methods(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


def _path(rule: Rule) -> str:
    """`/listings/{listing_id}` for `/api/v1/listings/<id:listing_id>`."""
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule.removeprefix(PREFIX))


def _path_parameters(rule: Rule) -> Iterator[dict[str, Any]]:
    for name in sorted(rule.arguments):
        converter = type(rule._converters[name]).__name__
        yield {"name": name, "in": "path", "required": True, "schema": PATH_PARAMETERS[converter]}


def _query_parameters(query: type[Query] | None) -> Iterator[dict[str, Any]]:
    if query is None:
        return
    schema: Mapping[str, Any] = query.model_json_schema(by_alias=True)
    for name, described in schema["properties"].items():
        plain = {
            key: value
            for key, value in described.items()
            if key not in ("title", "description") and value is not None  # may be left out
        }
        words = {"description": described["description"]} if "description" in described else {}
        is_required = name in schema.get("required", ())
        yield {"name": name, "in": "query", "required": is_required, "schema": plain, **words}


def _component(status: int) -> str:
    return re.sub(r"[^A-Za-z]", "", HTTP_STATUS_CODES[status].title())
