"""Reading the type annotations of the `stripe` package, for both oracles."""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Iterable
from typing import Any, Literal

UNION_ORIGINS = (typing.Union, types.UnionType)


def is_union(annotation: Any) -> bool:
    """True for `A | B`, `Union[A, B]` and `Optional[A]`."""
    return typing.get_origin(annotation) in UNION_ORIGINS


def is_literal(annotation: Any) -> bool:
    """True for `Literal['a', 'b']`."""
    return typing.get_origin(annotation) is Literal


def closed_members(members: Iterable[Any]) -> list[Any]:
    """The members of a union without the `str` that keeps an enum open.

    The package writes enums as `Literal['a', 'b'] | str`, so that a value invented after its
    release does not break anybody. Here such a value is a mistake. `Literal[''] | str` is no enum:
    it is a text that may be unset.
    """
    listed = list(members)
    enums = [m for m in listed if is_literal(m) and typing.get_args(m) != ("",)]
    return [m for m in listed if m is not str] if enums else listed


def own_annotations(cls: type, base: type) -> dict[str, Any]:
    """The annotated fields of `cls` and its parents below `base`, nearest class winning."""
    fields: dict[str, Any] = {}
    for parent in reversed(cls.__mro__):
        if issubclass(parent, base) and parent is not base:
            fields.update(inspect.get_annotations(parent))
    return {
        name: annotation
        for name, annotation in fields.items()
        if not name.startswith("_") and typing.get_origin(annotation) is not typing.ClassVar
    }
