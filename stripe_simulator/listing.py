"""Lists of objects: newest first, in pages."""

from __future__ import annotations

from typing import Any

from stripe_simulator.errors import ApiError, no_such
from stripe_simulator.simulator import Simulator

DEFAULT_LIMIT = 10
LARGEST_LIMIT = 100

CREATED_OPERATORS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def page(
    simulator: Simulator, kind: str, url: str, params: dict[str, Any], where: dict[str, Any]
) -> dict[str, Any]:
    """One page of a list as Stripe sends it. `params` are those of the call, `where` the conditions
    of the store.
    """
    limit = _limit(params)
    after, before = params.get("starting_after"), params.get("ending_before")
    if after and before:
        raise ApiError("You can only use one of starting_after and ending_before.")
    for param, cursor in (("starting_after", after), ("ending_before", before)):
        if cursor and simulator.store.get(kind, cursor) is None:
            raise no_such(kind, cursor, param)
    # Going back means: those nearest to the cursor, still shown newest first.
    found = simulator.store.find(
        kind,
        where | created_between(params.get("created")),
        newest_first=not before,
        older_than=after,
        newer_than=before,
        limit=limit + 1,
    )
    data = found[:limit]
    if before:
        data.reverse()
    return list_of(data, url, has_more=len(found) > limit)


def page_of(items: list[dict[str, Any]], url: str, params: dict[str, Any]) -> dict[str, Any]:
    """One page of items that are kept inside another object, first one first."""
    limit = _limit(params)
    ids = [item["id"] for item in items]
    after, before = params.get("starting_after"), params.get("ending_before")
    for param, cursor in (("starting_after", after), ("ending_before", before)):
        if cursor and cursor not in ids:
            raise no_such("item", cursor, param)
    if before:
        earlier = items[: ids.index(before)]
        return list_of(earlier[-limit:], url, has_more=len(earlier) > limit)
    rest = items[ids.index(after) + 1 :] if after else items
    return list_of(rest[:limit], url, has_more=len(rest) > limit)


def list_of(data: list[dict[str, Any]], url: str, *, has_more: bool = False) -> dict[str, Any]:
    """The list object."""
    return {"object": "list", "data": data, "has_more": has_more, "url": url}


def created_between(created: int | dict[str, int] | None) -> dict[str, int]:
    """The store's conditions for a `created` parameter: a time, or bounds by `gt`, `gte`, `lt`,
    `lte`.
    """
    if created is None:
        return {}
    if isinstance(created, int):
        return {"created": created}
    return {f"created {CREATED_OPERATORS[bound]}": value for bound, value in created.items()}


def _limit(params: dict[str, Any]) -> int:
    limit = params.get("limit", DEFAULT_LIMIT)
    if not 1 <= limit <= LARGEST_LIMIT:
        raise ApiError(
            f"This value must be between 1 and {LARGEST_LIMIT} (it currently is '{limit}').",
            code="parameter_invalid_integer",
            param="limit",
        )
    return limit
