"""Decoding the form encoding of Stripe's API: `a[b][0][c]=1` and `expand[]=x`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from stripe_simulator.errors import ApiError


def nested(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Nested dictionaries of texts. A list is a dictionary with the keys "0", "1", ...

    Which of them are lists, and which texts are numbers, only the parameters' contract knows: see
    `oracles.requests.validate`. Raises ApiError for names such as `a[b` or for `a=1&a[b]=2`.
    """
    decoded: dict[str, Any] = {}
    for name, value in pairs:
        *path, last = _steps(name)
        here = decoded
        for step in path:
            here = here.setdefault(_position(step, here), {})
            if not isinstance(here, dict):
                raise _unreadable(name)
        if isinstance(here.get(last), dict):
            raise _unreadable(name)
        here[_position(last, here)] = value
    return decoded


def _steps(name: str) -> list[str]:
    """`a[b][0]` as `["a", "b", "0"]`."""
    first, bracket, rest = name.partition("[")
    if not bracket:
        return [name]
    if not first or not rest.endswith("]"):
        raise _unreadable(name)
    return [first, *rest[:-1].split("][")]


def _position(step: str, container: dict[str, Any]) -> str:
    """The key to use: an empty step, as in `expand[]`, means the next place in the list."""
    return step or str(len(container))


def _unreadable(name: str) -> ApiError:
    return ApiError(
        f"Invalid parameter name: {name}", code="parameter_invalid_string_empty", param=name
    )
