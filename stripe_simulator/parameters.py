"""Parameters of a request: checked, complained about as Stripe does."""

from __future__ import annotations

from typing import Any

from stripe_simulator.errors import ApiError
from stripe_simulator.oracles.requests import ParametersRefused, Violation, validate

LARGEST_METADATA = {"keys": 50, "key": 40, "value": 500}


def check(contract: type, raw: dict[str, Any]) -> dict[str, Any]:
    """The parameters in their right types. Raises ParametersRefused, or ApiError for metadata that
    is too large.
    """
    params = validate(contract, raw)
    for place in (params, params.get("payment_intent_data", {})):
        _require_small_metadata(place.get("metadata") or {})
    return params


def complaint(refused: ParametersRefused) -> ApiError:
    """The 400 for parameters that break the contract."""
    unknown = [v.param for v in refused.violations if v.kind == "extra_forbidden"]
    if unknown:
        plural = "s" if len(unknown) > 1 else ""
        return ApiError(
            f"Received unknown parameter{plural}: {', '.join(unknown)}",
            code="parameter_unknown",
            param=unknown[0],
        )
    return _complaint_about(refused.violations[0])


def _complaint_about(violation: Violation) -> ApiError:
    param, value = violation.param, violation.value
    if violation.kind == "missing":
        return ApiError(f"Missing required param: {param}.", code="parameter_missing", param=param)
    if violation.kind.startswith("int_"):
        return ApiError(f"Invalid integer: {value}", code="parameter_invalid_integer", param=param)
    if violation.kind.startswith("bool_"):
        return ApiError(f"Invalid boolean: {value}", param=param)
    if violation.kind.startswith("list_"):
        return ApiError("Invalid array", param=param)
    return ApiError(f"Invalid {param}: {violation.message}", param=param)


def _require_small_metadata(metadata: dict[str, str]) -> None:
    largest = LARGEST_METADATA
    if len(metadata) > largest["keys"]:
        raise ApiError(f"Metadata can have up to {largest['keys']} keys.", param="metadata")
    for key, value in metadata.items():
        for text, limit in ((key, largest["key"]), (value, largest["value"])):
            if len(text) > limit:
                raise ApiError(
                    f"Metadata keys can have up to {largest['key']} characters, values up to "
                    f"{largest['value']}; '{text[:40]}' has {len(text)}.",
                    param="metadata",
                )
