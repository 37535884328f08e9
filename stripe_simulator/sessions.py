"""Checkout sessions: created, listed, expired. Paying them is in `payments`."""

from __future__ import annotations

from typing import Any

from stripe_simulator import listing
from stripe_simulator.documents import checkout
from stripe_simulator.errors import ApiError, no_such
from stripe_simulator.events import emit
from stripe_simulator.simulator import Simulator

SHORTEST_LIFE_SECONDS = 30 * 60
LONGEST_LIFE_SECONDS = 24 * 60 * 60
SMALLEST_TOTAL = 50
LARGEST_TOTAL = 999_999_99

# What the simulator acts on, or may ignore without changing who pays how much. The rest of what
# Stripe offers is refused: a session that silently ignores a discount would be worse than none.
SIMULATED_PARAMS = frozenset(
    {
        "adaptive_pricing",
        "after_expiration",
        "allowed_payment_method_types",
        "billing_address_collection",
        "branding_settings",
        "cancel_url",
        "client_reference_id",
        "custom_text",
        "customer_creation",
        "customer_email",
        "excluded_payment_method_types",
        "expand",
        "expires_at",
        "integration_identifier",
        "line_items",
        "locale",
        "metadata",
        "mode",
        "name_collection",
        "origin_context",
        "payment_intent_data",
        "payment_method_options",
        "phone_number_collection",
        "submit_type",
        "success_url",
        "ui_mode",
        "wallet_options",
    }
)
SIMULATED_INTENT_DATA = frozenset(
    {
        "description",
        "metadata",
        "receipt_email",
        "statement_descriptor",
        "statement_descriptor_suffix",
        "transfer_group",
    }
)


def create(simulator: Simulator, params: dict[str, Any]) -> dict[str, Any]:
    """An open session, whose `url` is the hosted payment page."""
    _require_simulated(params)
    now = simulator.clock.now()
    items = [checkout.line_item(item, now) for item in _priced_items(params.get("line_items", []))]
    session = checkout.session(
        params,
        items=items,
        created=now,
        expires_at=_expiry(params, now),
        page_url=f"{simulator.public_url}/c/pay/",
    )
    _require_amount(session)
    session |= _take_overrides(simulator)
    simulator.store.put("checkout.session", session)
    intent_data = params.get("payment_intent_data", {})
    simulator.store.put(
        "payment_page",
        {"id": session["id"], "items": items, "intent_data": intent_data, "is_slow": False},
    )
    return session


def retrieve(simulator: Simulator, params: dict[str, Any], session_id: str) -> dict[str, Any]:
    """The session as it is now."""
    return get(simulator, session_id)


def expire(simulator: Simulator, params: dict[str, Any], session_id: str) -> dict[str, Any]:
    """The session, expired. Only an open one can be."""
    session = get(simulator, session_id)
    if session["status"] != "open":
        raise ApiError(
            'Only Checkout Sessions with a status in ["open"] can be expired. '
            f"This Checkout Session has a status of `{session['status']}`."
        )
    return _expire(simulator, session)


def index(simulator: Simulator, params: dict[str, Any]) -> dict[str, Any]:
    """A page of sessions."""
    where: dict[str, Any] = {
        field: params[field]
        for field in ("customer", "payment_intent", "payment_link", "status", "subscription")
        if field in params
    }
    if "customer_details" in params:
        where["customer_details.email"] = params["customer_details"]["email"]
    return listing.page(simulator, "checkout.session", "/v1/checkout/sessions", params, where)


def line_items(simulator: Simulator, session_id: str, params: dict[str, Any]) -> dict[str, Any]:
    """A page of what the session sells."""
    url = f"/v1/checkout/sessions/{session_id}/line_items"
    return listing.page_of(payment_page(simulator, session_id)["items"], url, params)


def get(simulator: Simulator, session_id: str) -> dict[str, Any]:
    """The session, which is expired if its time is over. Raises the API's 404."""
    with simulator.store.transaction():
        session = simulator.store.get("checkout.session", session_id)
        if session is None:
            raise no_such("checkout.session", session_id)
        if session["status"] == "open" and session["expires_at"] <= simulator.clock.now():
            return _expire(simulator, session)
        return session


def payment_page(simulator: Simulator, session_id: str) -> dict[str, Any]:
    """What the payment page knows and the API does not show: items, intent data, whether a slow
    method is used.
    """
    page = simulator.store.get("payment_page", session_id)
    if page is None:
        raise no_such("checkout.session", session_id)
    return page


def expire_due(simulator: Simulator) -> None:
    """Expire every open session whose time is over."""
    with simulator.store.transaction():
        due = {"status": "open", "expires_at <=": simulator.clock.now()}
        for session in simulator.store.find("checkout.session", due):
            _expire(simulator, session)


def override_next(simulator: Simulator, fields: dict[str, Any]) -> None:
    """Let the next session that is created differ in these fields from what was asked for."""
    simulator.store.put("setting", {"id": "next_session", "fields": fields})


def _take_overrides(simulator: Simulator) -> dict[str, Any]:
    stored = simulator.store.get("setting", "next_session")
    simulator.store.delete("setting", "next_session")
    return stored["fields"] if stored else {}


def _expire(simulator: Simulator, session: dict[str, Any]) -> dict[str, Any]:
    session |= {"status": "expired", "url": None}
    simulator.store.put("checkout.session", session)
    intent_id = session["payment_intent"]
    intent = simulator.store.get("payment_intent", intent_id) if intent_id else None
    if intent and intent["status"] in ("requires_payment_method", "requires_action"):
        intent |= {
            "status": "canceled",
            "canceled_at": simulator.clock.now(),
            "cancellation_reason": "expired",
            "next_action": None,
        }
        simulator.store.put("payment_intent", intent)
        emit(simulator, "payment_intent.canceled", intent)
    emit(simulator, "checkout.session.expired", session)
    return session


def _require_simulated(params: dict[str, Any]) -> None:
    for required in ("mode", "success_url"):
        if required not in params:
            raise ApiError(
                f"Missing required param: {required}.", code="parameter_missing", param=required
            )
    intent_data = params.get("payment_intent_data", {})
    unknown = sorted(set(params) - SIMULATED_PARAMS)
    unknown += sorted(f"payment_intent_data[{f}]" for f in set(intent_data) - SIMULATED_INTENT_DATA)
    for param, only in (("mode", "payment"), ("ui_mode", "hosted_page")):
        if params.get(param, only) != only:
            unknown.append(f"{param}={params[param]}")
    if unknown:
        raise ApiError(f"The simulator does not do this: {', '.join(unknown)}", param=unknown[0])


def _priced_items(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if not items:
        raise ApiError(
            "Missing required param: line_items.", code="parameter_missing", param="line_items"
        )
    for place, item in enumerate(items):
        where = f"line_items[{place}]"
        if "price" in item:
            raise no_such("price", item["price"], f"{where}[price]")
        price = item.get("price_data", {})
        if "product_data" not in price or "unit_amount" not in price:
            raise ApiError(
                "The simulator sells items with price_data[product_data] and "
                "price_data[unit_amount].",
                code="parameter_missing",
                param=f"{where}[price_data]",
            )
        if price["unit_amount"] < 0 or item.get("quantity", 1) < 1:
            raise ApiError(
                "Invalid amount or quantity.", code="parameter_invalid_integer", param=where
            )
        if price["currency"].lower() != items[0]["price_data"]["currency"].lower():
            raise ApiError(
                "All line items must have the same currency.", param=f"{where}[price_data]"
            )
    return items


def _expiry(params: dict[str, Any], now: int) -> int:
    expires_at = params.get("expires_at", now + LONGEST_LIFE_SECONDS)
    if expires_at < now + SHORTEST_LIFE_SECONDS:
        problem = "at least 30 minutes"
    elif expires_at > now + LONGEST_LIFE_SECONDS:
        problem = "less than 24 hours"
    else:
        return expires_at
    raise ApiError(
        f"The `expires_at` timestamp must be {problem} from Checkout Session creation.",
        param="expires_at",
    )


def _require_amount(session: dict[str, Any]) -> None:
    if session["amount_total"] < SMALLEST_TOTAL:
        raise ApiError(
            "The Checkout Session's total amount due must add up to at least 50 cents.",
            code="amount_too_small",
        )
    if session["amount_total"] > LARGEST_TOTAL:
        raise ApiError(
            "The Checkout Session's total amount due must be no more than 999,999.99.",
            code="amount_too_large",
        )
