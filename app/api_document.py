"""What programs and programmers read first: the OpenAPI document, and the same as a page."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask, Response, current_app, json, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.http import HTTP_STATUS_CODES

from app.accounts.access import anyone
from app.api import PREFIX, document
from app.config import settings
from app.web.problems import kinds_of_refusals, name_of_refusal, name_of_status

bp = Blueprint("api_document", __name__)

TITLE = "ticketbay"
VERSION = "1"
DESCRIPTION = """\
Everything that people do on the pages, for programs. Prices are whole cents, times are UTC
(RFC 3339), lists come page by page, and errors are problem details (RFC 9457).
"""
JSON = "application/json"
# With what the web refuses before the domain is asked, or when something breaks.
WITHOUT_A_REFUSAL = (400, 403, 404, 405, 413, 429, 500, 503)


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)


@bp.get(f"{PREFIX}/openapi.json")
@anyone
def openapi() -> ResponseReturnValue:
    """The OpenAPI 3.1 document. It changes with the program only, so a client may ask by ETag."""
    answer = Response(json.dumps(_document()), mimetype=JSON)
    answer.add_etag()
    return answer.make_conditional(request)


@bp.get("/api/docs")
@anyone
def docs() -> ResponseReturnValue:
    """The document as a page, with the kinds of problems that the types of errors link to."""
    whole = _document()
    parts: dict[str, list[Described]] = {}
    for path, methods in whole["paths"].items():
        for method, operation in methods.items():
            described = Described(whole, path, method.upper(), operation)
            parts.setdefault(operation["tags"][0], []).append(described)
    return render_template(
        "api/docs.html",
        description=DESCRIPTION,
        parts=parts,
        problems=_problems(),
        server=whole["servers"][0]["url"],
    )


@dataclass(frozen=True)
class Field:
    """A line of a table: what a body or an answer holds, or what follows the `?`."""

    name: str
    type: str
    is_required: bool
    description: str


@dataclass(frozen=True)
class AnswerShown:
    """One good answer of an operation."""

    status: str
    description: str
    fields: list[Field]
    example: str | None


@dataclass(frozen=True)
class Kind:
    """A kind of problem, as the last part of its type names it."""

    name: str
    status: int
    description: str


@dataclass(frozen=True)
class Described:
    """One operation, as its page shows it."""

    document: dict[str, Any]
    path: str
    method: str
    operation: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.operation["operationId"])

    @property
    def needs_token(self) -> bool:
        return bool(self.operation["security"])

    @property
    def summary(self) -> str:
        return str(self.operation["summary"])

    @property
    def description(self) -> list[str]:
        """Its paragraphs."""
        return [text for text in str(self.operation["description"]).split("\n\n") if text]

    @property
    def parameters(self) -> list[Field]:
        return [
            Field(
                each["name"],
                f"{_type(each['schema'], self.document)}, {each['in']}",
                each["required"],
                each.get("description", ""),
            )
            for each in self.operation["parameters"]
        ]

    @property
    def body(self) -> list[Field]:
        content = self.operation.get("requestBody", {}).get("content", {})
        return self._fields(content[JSON]["schema"]) if content else []

    @property
    def body_example(self) -> str | None:
        return _as_json(self.operation.get("requestBody", {}).get("content", {}).get(JSON))

    @property
    def answers(self) -> list[AnswerShown]:
        """What it may answer if all is well."""
        found = []
        for status, answer in self._responses():
            if status < "400":
                content = answer.get("content", {}).get(JSON)
                fields = self._fields(content["schema"]) if content else []
                shown = AnswerShown(status, answer["description"], fields, _as_json(content))
                found.append(shown)
        return found

    @property
    def refusals(self) -> list[str]:
        """The statuses with which it may be refused."""
        return [status for status, _ in self._responses() if status >= "400"]

    def _responses(self) -> list[tuple[str, dict[str, Any]]]:
        return sorted(self.operation["responses"].items())

    def _fields(self, schema: dict[str, Any]) -> list[Field]:
        return list(_fields(schema, self.document))


def _fields(schema: dict[str, Any], whole: dict[str, Any], before: str = "") -> list[Field]:
    """The fields of an object, those of objects in it behind a dot."""
    schema = _resolved(schema, whole)
    lines = []
    for name, field in schema.get("properties", {}).items():
        is_required = name in schema.get("required", ())
        words = field.get("description") or _resolved(field, whole).get("description", "")
        lines.append(Field(before + name, _type(field, whole), is_required, words))
        inner = _inner_object(field, whole)
        if inner:
            lines += _fields(inner, whole, f"{before}{name}.")
    return lines


def _inner_object(field: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any] | None:
    for one in field.get("anyOf", [field]):
        found = _resolved(one, whole)
        if found.get("type") == "array":
            found = _resolved(found["items"], whole)
        if found.get("properties"):
            return found
    return None


def _type(schema: dict[str, Any], whole: dict[str, Any]) -> str:
    """`integer`, `string (date-time)`, `list of object`, `one of a, b`, `string or null`."""
    if "anyOf" in schema:
        return " or ".join(_type(one, whole) for one in schema["anyOf"])
    schema = _resolved(schema, whole)
    if "const" in schema:
        return f"“{schema['const']}”"
    if "enum" in schema:
        return "one of " + ", ".join(map(str, schema["enum"]))
    kind = str(schema.get("type", "any"))
    if kind == "array":
        return f"list of {_type(schema['items'], whole)}"
    return f"{kind} ({schema['format']})" if "format" in schema else kind


def _resolved(schema: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = whole["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def _problems() -> list[Kind]:
    """Every kind of problem, by name."""
    kinds = {
        name_of_status(status): Kind(name_of_status(status), status, HTTP_STATUS_CODES[status])
        for status in WITHOUT_A_REFUSAL
    }
    for refusal in kinds_of_refusals():
        name, words = name_of_refusal(refusal), " ".join((refusal.__doc__ or "").split())
        kinds[name] = Kind(name, refusal.status, words.replace("`", ""))
    return [kinds[name] for name in sorted(kinds)]


def _as_json(content: dict[str, Any] | None) -> str | None:
    if not content or "example" not in content:
        return None
    return json.dumps(content["example"], indent=2, ensure_ascii=False, sort_keys=False)


def _document() -> dict[str, Any]:
    made = current_app.extensions.get("api_document")
    if made is None:
        made = current_app.extensions["api_document"] = document.document(
            current_app,
            title=TITLE,
            version=VERSION,
            description=DESCRIPTION,
            url=settings().public_url,
        )
    return made
