"""Oracle 1: are these parameters ones that Stripe documents for this call?

The package describes the parameters of every call as a `*Params` TypedDict. Each is rebuilt here as
a closed pydantic model: unknown keys and unknown enum values are refused.
"""

from __future__ import annotations

import functools
import sys
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Union

import typing_extensions
from pydantic import BeforeValidator, ConfigDict, TypeAdapter, ValidationError
from stripe._request_options import RequestOptions
from stripe._stripe_object import StripeObject

from stripe_simulator.oracles.annotations import closed_members, is_union

# The TypedDicts also carry options of the Python client (`api_key`, `idempotency_key`, ...), which
# are not sent as parameters.
CLIENT_OPTIONS = frozenset(RequestOptions.__annotations__)


@dataclass(frozen=True)
class Violation:
    """One thing wrong with the parameters: where (`a[b][0]`), which pydantic error type, and its
    message.
    """

    param: str
    kind: str
    message: str
    value: Any


class ParametersRefused(Exception):
    """The parameters break the contract; `violations` says how."""

    def __init__(self, violations: list[Violation]) -> None:
        super().__init__("; ".join(f"{v.param}: {v.message}" for v in violations))
        self.violations = violations


def validate(params_class: type, values: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters with texts turned into the numbers, booleans and lists that the contract asks
    for.

    Takes nested dictionaries as `forms.nested` makes them, or as Python code passes them. Raises
    ParametersRefused.
    """
    try:
        return model_for(params_class).validate_python(dict(values))
    except ValidationError as error:
        # A value refused by several members of a union is one violation, not several.
        found: dict[str, Violation] = {}
        for problem in error.errors(include_url=False):
            param = _param_name(problem["loc"], values, is_absent=problem["type"] == "missing")
            found.setdefault(
                param, Violation(param, problem["type"], problem["msg"], problem["input"])
            )
        raise ParametersRefused(list(found.values())) from None


@functools.cache
def model_for(params_class: type) -> TypeAdapter[dict[str, Any]]:
    """The closed model of one `*Params` class."""
    return TypeAdapter(_closed_typed_dict(params_class, {}))


def _closed_typed_dict(source: Any, done: dict[Any, Any]) -> Any:
    if source not in done:
        module = sys.modules[source.__module__]
        own = {k: v for k, v in source.__annotations__.items() if k not in CLIENT_OPTIONS}
        # The fields of RequestOptions name types that exist for type checkers only: resolve only
        # the others.
        hints = typing.get_type_hints(
            types.SimpleNamespace(__annotations__=own),
            globalns=vars(module),
            include_extras=True,
        )
        make_typed_dict: Any = (
            typing_extensions.TypedDict
        )  # type checkers know it for fixed names only
        closed = make_typed_dict(source.__name__, {k: _closed(v, done) for k, v in hints.items()})
        closed.__pydantic_config__ = ConfigDict(extra="forbid")
        done[source] = closed
    return done[source]


def _closed(annotation: Any, done: dict[Any, Any]) -> Any:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if typing_extensions.is_typeddict(annotation):
        return _closed_typed_dict(annotation, done)
    if origin in (typing_extensions.NotRequired, typing_extensions.Required):
        return origin[_closed(arguments[0], done)]
    if origin is list:
        members = types.GenericAlias(list, (_closed(arguments[0], done),))
        return Annotated[members, BeforeValidator(_list_from_form)]
    if origin is dict:
        return types.GenericAlias(dict, tuple(_closed(a, done) for a in arguments))
    if is_union(annotation):
        choices = [m for m in closed_members(arguments) if not _is_stripe_object(m)]
        return Union[tuple(_closed(m, done) for m in choices)]  # noqa: UP007 (made at run time)
    return annotation


def _is_stripe_object(annotation: Any) -> bool:
    cls = typing.get_origin(annotation) or annotation
    return isinstance(cls, type) and issubclass(cls, StripeObject)


def _list_from_form(value: Any) -> Any:
    """`{"0": a, "1": b}`, which is how a list arrives in a form, as `[a, b]`; anything else
    unchanged.
    """
    if isinstance(value, dict) and all(isinstance(k, str) and k.isdecimal() for k in value):
        return [value[k] for k in sorted(value, key=int)]
    return value


def _param_name(location: tuple[int | str, ...], values: Any, *, is_absent: bool) -> str:
    """`line_items[0][quantity]`, without the names of union members that pydantic adds."""
    parts: list[str] = []
    here: Any = values
    for part in location:
        step = str(part)
        if isinstance(here, Mapping) and step in here:
            here = here[step]
            parts.append(step)
        elif isinstance(here, list) and step.isdecimal() and int(step) < len(here):
            here = here[int(step)]
            parts.append(step)
    if is_absent:
        parts.append(str(location[-1]))
    return parts[0] + "".join(f"[{p}]" for p in parts[1:]) if parts else ""
