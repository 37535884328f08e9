"""Oracle 2: does this object look like one that Stripe sends?

The resource classes of the package annotate every field. An object is checked against the class
that its `object` field names, and so is every object inside it.
"""

from __future__ import annotations

import functools
import importlib
import typing
from decimal import Decimal
from typing import Any

from stripe._object_classes import OBJECT_CLASSES
from stripe._stripe_object import StripeObject

from stripe_simulator.oracles.annotations import (
    closed_members,
    is_literal,
    is_union,
    own_annotations,
)

PLAIN_TYPES: dict[type, tuple[type, ...]] = {
    str: (str,),
    int: (int,),
    bool: (bool,),
    float: (int, float),
    Decimal: (str, int, float),
    type(None): (type(None),),
}


def defects(document: dict[str, Any]) -> list[str]:
    """Everything in a JSON object that its resource class does not allow, as `path: reason`. Empty
    if all is well.
    """
    cls = resource_class(document.get("object", ""))
    if cls is None:
        return [f"no resource class for object {document.get('object')!r}"]
    return _object_defects(document, cls, document["object"])


def missing_fields(document: dict[str, Any]) -> list[str]:
    """The documented fields that are never absent, and are absent here, as paths.

    Apart from `defects`, because Stripe's own fixtures lag behind with some nested fields.
    """
    cls = resource_class(document["object"])
    assert cls is not None, f"no resource class for {document['object']!r}"
    return _missing(document, cls, document["object"])


def fields_of(object_name: str) -> dict[str, Any]:
    """The documented fields of an object (`refund`, `checkout.session`) with their annotations."""
    cls = resource_class(object_name)
    return _fields(cls) if cls else {}


@functools.cache
def resource_class(object_name: str) -> type[StripeObject] | None:
    """The class of the package for an `object` name, or None."""
    if object_name not in OBJECT_CLASSES:
        return None
    module, name = OBJECT_CLASSES[object_name]
    return getattr(importlib.import_module(module), name)


def _fields(cls: type[StripeObject]) -> dict[str, Any]:
    return own_annotations(cls, StripeObject)


def _object_defects(document: dict[str, Any], cls: type[StripeObject], path: str) -> list[str]:
    fields = _fields(cls)
    found: list[str] = []
    for name, value in document.items():
        if name in fields:
            found += _value_defects(value, fields[name], f"{path}.{name}")
        elif fields and name != "object":
            found.append(f"{path}.{name}: not a field of {cls.__name__}")
    return found


def _value_defects(value: Any, annotation: Any, path: str) -> list[str]:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if is_union(annotation):
        return _union_defects(value, closed_members(arguments), path)
    if is_literal(annotation):
        return [] if value in arguments else [f"{path}: {value!r} is not in the enum"]
    if origin is list:
        if not isinstance(value, list):
            return [f"{path}: {value!r} is not a list"]
        return [
            d for i, v in enumerate(value) for d in _value_defects(v, arguments[0], f"{path}[{i}]")
        ]
    if annotation in PLAIN_TYPES:
        return _plain_defects(value, annotation, path)
    if isinstance(annotation, type) and issubclass(annotation, StripeObject):
        if not isinstance(value, dict):
            return [f"{path}: {value!r} is not an object"]
        return _object_defects(value, annotation, path)
    if annotation is Any or isinstance(annotation, typing.TypeVar):
        return _named_object_defects(value, path)
    # A forward reference to another resource, or a generic one: a list, metadata.
    if not isinstance(value, dict):
        return [f"{path}: {value!r} is not an object"]
    return _named_object_defects(value, path)


def _union_defects(value: Any, members: list[Any], path: str) -> list[str]:
    complaints = [_value_defects(value, member, path) for member in members]
    if not all(complaints):
        return []
    # The most telling complaint is the one of the member that got farthest into the value.
    return max(
        complaints, key=lambda found: max(defect.partition(":")[0].count(".") for defect in found)
    )


def _plain_defects(value: Any, expected: type, path: str) -> list[str]:
    # bool is an int in Python, and never in Stripe's JSON.
    fits = isinstance(value, PLAIN_TYPES[expected]) and (expected is bool) == isinstance(
        value, bool
    )
    return [] if fits else [f"{path}: {value!r} is not {expected.__name__}"]


def _named_object_defects(value: Any, path: str) -> list[str]:
    cls = resource_class(value.get("object", "")) if isinstance(value, dict) else None
    return _object_defects(value, cls, path) if cls else []


def _missing(document: dict[str, Any], cls: type[StripeObject], path: str) -> list[str]:
    found: list[str] = []
    for name, annotation in _fields(cls).items():
        members = typing.get_args(annotation) if is_union(annotation) else (annotation,)
        if name not in document:
            if type(None) not in members:
                found.append(f"{path}.{name}")
            continue
        value = document[name]
        for member in members:
            if (
                isinstance(value, dict)
                and isinstance(member, type)
                and issubclass(member, StripeObject)
            ):
                found += _missing(value, member, f"{path}.{name}")
    return found
