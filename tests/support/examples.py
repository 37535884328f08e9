"""The whole example of a model, made of those of its fields."""

from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel


def example_of(model: type[BaseModel]) -> dict[str, Any]:
    """Every field by its name in JSON. An AssertionError names a field that has no example."""
    return {
        field.alias or name: _example(f"{model.__name__}.{name}", field.examples, field.annotation)
        for name, field in model.model_fields.items()
    }


def _example(name: str, examples: list[Any] | None, annotation: Any) -> Any:
    if examples:
        return examples[0]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return example_of(annotation)
    parts = [part for part in get_args(annotation) if part is not type(None)]
    assert len(parts) == 1, f"{name} has no example"
    inner = _example(name, None, parts[0])
    return inner if get_origin(annotation) in (Union, UnionType) else [inner]
