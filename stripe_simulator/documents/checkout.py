"""Checkout sessions and their line items."""

from __future__ import annotations

from typing import Any

from stripe_simulator.ids import new_id

DEFAULT_METHODS = ["card", "link"]
TEXT_PLACES = ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")


def session(
    params: dict[str, Any],
    *,
    items: list[dict[str, Any]],
    created: int,
    expires_at: int,
    page_url: str,
) -> dict[str, Any]:
    """An open session for validated parameters. `page_url` is the address under which its id is
    appended.
    """
    identifier = new_id("cs_test", 58)
    total = sum(item["amount_total"] for item in items)
    email = params.get("customer_email")
    allowed = params.get("allowed_payment_method_types")
    document = {
        "id": identifier,
        "object": "checkout.session",
        "adaptive_pricing": params.get("adaptive_pricing") or {"enabled": True},
        "after_expiration": params.get("after_expiration"),
        "allow_promotion_codes": None,
        "amount_subtotal": total,
        "amount_total": total,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "billing_address_collection": params.get("billing_address_collection"),
        "cancel_url": params.get("cancel_url"),
        "client_reference_id": params.get("client_reference_id"),
        "client_secret": None,
        "collected_information": None,
        "consent": None,
        "consent_collection": None,
        "created": created,
        "currency": items[0]["currency"],
        "currency_conversion": None,
        "custom_fields": [],
        "custom_text": dict.fromkeys(TEXT_PLACES) | params.get("custom_text", {}),
        "customer": None,
        "customer_account": None,
        "customer_creation": params.get("customer_creation", "if_required"),
        "customer_details": customer_details(email) if email else None,
        "customer_email": email,
        "discounts": [],
        "expires_at": expires_at,
        "integration_identifier": params.get("integration_identifier"),
        "invoice": None,
        "invoice_creation": None,
        "livemode": False,
        "locale": params.get("locale"),
        "managed_payments": {"enabled": False},
        "metadata": params.get("metadata", {}),
        "mode": params["mode"],
        "origin_context": params.get("origin_context"),
        "payment_intent": None,
        "payment_link": None,
        "payment_method_collection": "if_required",
        "payment_method_configuration_details": {"id": "pmc_simulated", "parent": None},
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": allowed or DEFAULT_METHODS,
        "payment_status": "unpaid",
        "permissions": None,
        "phone_number_collection": params.get("phone_number_collection") or {"enabled": False},
        "recovered_from": None,
        "saved_payment_method_options": None,
        "setup_intent": None,
        "shipping_address_collection": None,
        "shipping_cost": None,
        "shipping_options": [],
        "status": "open",
        "submit_type": params.get("submit_type"),
        "subscription": None,
        "success_url": params["success_url"],
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "url": page_url + identifier,
        "wallet_options": None,
    }
    if allowed:
        document["allowed_payment_method_types"] = allowed
    return document


def customer_details(email: str, name: str | None = None) -> dict[str, Any]:
    """What is known about the buyer."""
    return {
        "address": None,
        "business_name": None,
        "email": email,
        "individual_name": None,
        "name": name,
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": [],
    }


def line_item(params: dict[str, Any], created: int) -> dict[str, Any]:
    """One line with the price made up for it. Takes a validated entry of `line_items`."""
    wanted, product = params["price_data"], params["price_data"]["product_data"]
    quantity = params.get("quantity", 1)
    amount = wanted["unit_amount"] * quantity
    return {
        "id": new_id("li"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": wanted["currency"].lower(),
        "description": product["name"],
        "metadata": params.get("metadata", {}),
        "price": _price(wanted, created),
        "quantity": quantity,
    }


def _price(wanted: dict[str, Any], created: int) -> dict[str, Any]:
    return {
        "id": new_id("price"),
        "object": "price",
        "active": False,
        "billing_scheme": "per_unit",
        "created": created,
        "currency": wanted["currency"].lower(),
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": {},
        "nickname": None,
        "product": new_id("prod", 14),
        "recurring": None,
        "tax_behavior": wanted.get("tax_behavior", "unspecified"),
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "one_time",
        "unit_amount": wanted["unit_amount"],
        "unit_amount_decimal": str(wanted["unit_amount"]),
    }
