"""`expand[]`: objects in place of their ids."""

from __future__ import annotations

import typing
from typing import Any

from stripe_simulator import sessions
from stripe_simulator.errors import ApiError
from stripe_simulator.ids import object_of
from stripe_simulator.listing import list_of
from stripe_simulator.oracles.annotations import is_union
from stripe_simulator.oracles.responses import fields_of
from stripe_simulator.simulator import Simulator

DEEPEST_PATH = 4


def expand(simulator: Simulator, document: dict[str, Any], paths: list[str]) -> dict[str, Any]:
    """The document with the object at each path filled in. Raises ApiError for a path that cannot
    be expanded.
    """
    for path in paths:
        steps = path.split(".")
        if len(steps) > DEEPEST_PATH:
            raise ApiError(
                f"You cannot expand more than {DEEPEST_PATH} levels of a property. "
                f"Property: {path}",
                param="expand",
            )
        _expand(simulator, document, steps, path)
    return document


def _expand(simulator: Simulator, document: dict[str, Any], steps: list[str], path: str) -> None:
    field, *deeper = steps
    if document.get("object") == "list":
        if field != "data" or not deeper:
            raise _cannot_expand(path)
        for member in document["data"]:
            _expand(simulator, member, deeper, path)
        return
    if not isinstance(document.get(field, ""), dict | list | None):
        document[field] = _filled_in(simulator, document, field, path)
    inside = document[field]
    if isinstance(inside, dict) and deeper:
        _expand(simulator, inside, deeper, path)


def _filled_in(simulator: Simulator, document: dict[str, Any], field: str, path: str) -> Any:
    left_out = _left_out_field(simulator, document, field)
    if left_out is not None:
        return left_out
    if field not in document or not _may_be_object(
        fields_of(document.get("object", "")).get(field)
    ):
        raise _cannot_expand(path)
    kind = object_of(document[field])
    found = simulator.store.get(kind, document[field]) if kind else None
    return found or document[field]


def _left_out_field(
    simulator: Simulator, document: dict[str, Any], field: str
) -> dict[str, Any] | None:
    """Fields that Stripe sends only when asked to."""
    if (document.get("object"), field) == ("checkout.session", "line_items"):
        return sessions.line_items(simulator, document["id"], {})
    if (document.get("object"), field) == ("charge", "refunds"):
        refunds = simulator.store.find("refund", {"charge": document["id"]}, newest_first=True)
        return list_of(refunds, f"/v1/charges/{document['id']}/refunds")
    return None


def _may_be_object(annotation: Any) -> bool:
    """The package writes `str | ForwardRef('Charge')` for a field that can be expanded."""
    return is_union(annotation) and any(
        isinstance(member, typing.ForwardRef) for member in typing.get_args(annotation)
    )


def _cannot_expand(path: str) -> ApiError:
    return ApiError(f"This property cannot be expanded ({path}).", param="expand")
