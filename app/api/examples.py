"""What a request or an answer looks like: an example of a model, made from those of its fields."""

from typing import Any

from pydantic import BaseModel

MOMENT = "2027-03-21T19:30:00Z"


def example_of(model: type[BaseModel]) -> Any:
    """What JSON may hold for the model. A field without an example of its own gets a plain value.

    Of a request, fields that may be left out are shown where they have an example.
    """
    schema = model.model_json_schema(by_alias=True)
    return _example(schema, schema.get("$defs", {}))


def _example(schema: dict[str, Any], named: dict[str, Any]) -> Any:
    if "$ref" in schema:
        return _example(named[schema["$ref"].rpartition("/")[2]], named)
    if "examples" in schema:
        return schema["examples"][0]
    for word in ("const", "default"):
        if schema.get(word) is not None:
            return schema[word]
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return _example(schema["anyOf"][0], named)
    kind = schema.get("type")
    if kind == "object":
        return _object(schema, named)
    if kind == "array":
        return [_example(schema["items"], named)]
    if kind == "string":
        return MOMENT if schema.get("format") == "date-time" else "text"
    return {"integer": schema.get("minimum", 1), "boolean": False, "number": 1.0}.get(kind or "")


def _object(schema: dict[str, Any], named: dict[str, Any]) -> dict[str, Any]:
    required = schema.get("required", ())
    return {
        name: _example(field, named)
        for name, field in schema.get("properties", {}).items()
        if name in required or _has_example(field)
    }


def _has_example(field: dict[str, Any]) -> bool:
    return "examples" in field or any(map(_has_example, field.get("anyOf", ())))
