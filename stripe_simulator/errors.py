"""Errors in the shape in which Stripe sends them."""

from __future__ import annotations

from typing import Any, Literal

ErrorType = Literal["api_error", "card_error", "idempotency_error", "invalid_request_error"]

DOC_URL = "https://stripe.com/docs/error-codes/"


class ApiError(Exception):
    """An answer other than 200. `body()` is what the client gets."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        type: ErrorType = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.type = type
        self.code = code
        self.param = param

    def body(self) -> dict[str, Any]:
        """The JSON body; fields that do not apply are left out, as Stripe does."""
        error: dict[str, Any] = {"message": self.message, "type": self.type}
        if self.code:
            error["code"] = self.code
            error["doc_url"] = DOC_URL + self.code.replace("_", "-")
        if self.param:
            error["param"] = self.param
        return {"error": error}


class ConnectionLost(Exception):
    """The client is to get no answer at all: the connection is cut."""


def no_such(label: str, identifier: str, param: str = "id") -> ApiError:
    """The 404 for an unknown identifier in the path, or the 400 for one in another parameter."""
    return ApiError(
        f"No such {label}: '{identifier}'",
        status=404 if param == "id" else 400,
        code="resource_missing",
        param=param,
    )


def key_in_use(key: str) -> ApiError:
    """The 409 for a second request under an idempotency key whose first one is still running."""
    return ApiError(
        "There is currently another in-progress request using this Idempotent Key (that probably "
        "means you submitted twice, and the other request is still going through): "
        f"{key}. Please try again later.",
        status=409,
        type="idempotency_error",
        code="idempotency_key_in_use",
    )


def too_many_requests() -> ApiError:
    """The 429 of the rate limiter."""
    return ApiError(
        "Request rate limit exceeded. Learn more about rate limits here: https://stripe.com/docs/rate-limits.",
        status=429,
        code="rate_limit",
    )


def server_trouble() -> ApiError:
    """The 500 of a bad day at Stripe."""
    return ApiError(
        "An unknown error occurred (simulated). If you need help, contact support.",
        status=500,
        type="api_error",
    )
