"""Payment intents, charges and payment methods."""

from __future__ import annotations

from typing import Any

from stripe_simulator.ids import new_id

SLOW_METHOD = "sepa_debit"

NO_ADDRESS = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))


def intent(session: dict[str, Any], data: dict[str, Any], created: int) -> dict[str, Any]:
    """The payment intent of a session whose buyer pays for the first time. `data` is
    `payment_intent_data`.
    """
    identifier = new_id("pi")
    return {
        "id": identifier,
        "object": "payment_intent",
        "amount": session["amount_total"],
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic_async",
        "client_secret": f"{identifier}_secret_{new_id('s')[2:]}",
        "confirmation_method": "automatic",
        "created": created,
        "currency": session["currency"],
        "customer": None,
        "customer_account": None,
        "description": data.get("description"),
        "excluded_payment_method_types": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": session["livemode"],
        "managed_payments": {"enabled": False},
        "metadata": data.get("metadata", {}),
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": session["payment_method_configuration_details"],
        "payment_method_options": session["payment_method_options"],
        "payment_method_types": session["payment_method_types"],
        "processing": None,
        "receipt_email": data.get("receipt_email"),
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "source": None,
        "statement_descriptor": data.get("statement_descriptor"),
        "statement_descriptor_suffix": data.get("statement_descriptor_suffix"),
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": data.get("transfer_group"),
    }


def charge(
    intent: dict[str, Any], method: dict[str, Any], status: str, created: int
) -> dict[str, Any]:
    """One attempt to move money by a payment method: `succeeded`, `failed` or `pending`."""
    is_paid = status == "succeeded"
    return {
        "id": new_id("ch" if method["type"] == "card" else "py"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": intent["amount"] if is_paid else 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": intent["statement_descriptor"] or "TICKETBAY",
        "captured": is_paid,
        "created": created,
        "currency": intent["currency"],
        "customer": None,
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "fraud_details": {},
        "livemode": intent["livemode"],
        "metadata": intent["metadata"],
        "on_behalf_of": None,
        "outcome": outcome() if status != "failed" else None,
        "paid": is_paid,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": _details_on_charge(method, intent["amount"]),
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": None,
        "refunded": False,
        "review": None,
        "shipping": None,
        "source": None,
        "source_transfer": None,
        "statement_descriptor": intent["statement_descriptor"],
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "status": status,
        "transfer_data": None,
        "transfer_group": intent["transfer_group"],
    }


def outcome(decline_code: str | None = None) -> dict[str, Any]:
    """What the card network said: approved, or the reason for a decline."""
    declined = decline_code is not None
    return {
        "advice_code": "try_again_later" if declined else None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "declined_by_network" if declined else "approved_by_network",
        "reason": decline_code,
        "risk_level": "normal",
        "risk_score": 20,
        "seller_message": "The bank declined the payment." if declined else "Payment complete.",
        "type": "issuer_declined" if declined else "authorized",
    }


def card_method(
    last4: str, expires: tuple[int, int], email: str, name: str, created: int
) -> dict[str, Any]:
    """A card as payment method."""
    card = {
        "brand": "visa",
        "checks": {
            "address_line1_check": None,
            "address_postal_code_check": None,
            "cvc_check": "pass",
        },
        "country": "US",
        "display_brand": "visa",
        "exp_month": expires[0],
        "exp_year": expires[1],
        "fingerprint": f"simulated{last4}",
        "funding": "credit",
        "generated_from": None,
        "last4": last4,
        "networks": {"available": ["visa"], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }
    return _method("card", card, email, name, created)


def slow_method(email: str, name: str, created: int) -> dict[str, Any]:
    """A bank debit, which settles days later."""
    debit = {
        "bank_code": "37040044",
        "branch_code": "",
        "country": "DE",
        "fingerprint": "simulateddebit",
        "generated_from": {"charge": None, "setup_attempt": None},
        "last4": "3000",
    }
    return _method(SLOW_METHOD, debit, email, name, created)


def _method(
    kind: str, details: dict[str, Any], email: str, name: str, created: int
) -> dict[str, Any]:
    return {
        "id": new_id("pm"),
        "object": "payment_method",
        "allow_redisplay": "limited",
        "billing_details": {
            "address": NO_ADDRESS,
            "email": email,
            "name": name,
            "phone": None,
            "tax_id": None,
        },
        "created": created,
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": {},
        "type": kind,
        kind: details,
    }


def _details_on_charge(method: dict[str, Any], amount: int) -> dict[str, Any]:
    kind = method["type"]
    if kind == SLOW_METHOD:
        debit = {k: v for k, v in method[kind].items() if k != "generated_from"}
        return {"type": kind, kind: debit | {"mandate": None}}
    only_on_method = ("display_brand", "generated_from", "networks", "three_d_secure_usage")
    card = {k: v for k, v in method["card"].items() if k not in only_on_method} | {
        "amount_authorized": amount,
        "authorization_code": "123456",
        "extended_authorization": {"status": "disabled"},
        "incremental_authorization": {"status": "unavailable"},
        "installments": None,
        "mandate": None,
        "multicapture": {"status": "unavailable"},
        "network": "visa",
        "network_token": {"used": False},
        "network_transaction_id": "104102978678771",
        "overcapture": {"maximum_amount_capturable": amount, "status": "unavailable"},
        "three_d_secure": None,
        "transaction_link_id": None,
    }
    return {"type": "card", "card": card}
