"""Refunds, disputes, and the balance transactions that record every movement of money."""

from __future__ import annotations

from typing import Any

from stripe_simulator.ids import new_id

DAY = 24 * 60 * 60

NO_EVIDENCE: dict[str, Any] = {
    "access_activity_log": None,
    "billing_address": None,
    "cancellation_policy": None,
    "cancellation_policy_disclosure": None,
    "cancellation_rebuttal": None,
    "customer_communication": None,
    "customer_email_address": None,
    "customer_name": None,
    "customer_purchase_ip": None,
    "customer_signature": None,
    "duplicate_charge_documentation": None,
    "duplicate_charge_explanation": None,
    "duplicate_charge_id": None,
    "product_description": None,
    "receipt": None,
    "refund_policy": None,
    "refund_policy_disclosure": None,
    "refund_refusal_explanation": None,
    "service_date": None,
    "service_documentation": None,
    "shipping_address": None,
    "shipping_carrier": None,
    "shipping_date": None,
    "shipping_documentation": None,
    "shipping_tracking_number": None,
    "uncategorized_file": None,
    "uncategorized_text": None,
    "enhanced_evidence": {},
}


def refund(
    charge: dict[str, Any], *, amount: int, status: str, params: dict[str, Any], created: int
) -> dict[str, Any]:
    """A refund of a charge. `params` are those of the call, of which reason, metadata and the mail
    address count.
    """
    kind = charge["payment_method_details"]["type"]
    document = {
        "id": new_id("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": created,
        "currency": charge["currency"],
        "customer": None,
        "customer_account": None,
        "destination_details": {"type": kind},
        "metadata": params.get("metadata") or {},
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": params.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": status,
        "transfer_reversal": None,
    }
    if kind == "card":
        document["destination_details"]["card"] = {
            "reference_status": "pending",
            "reference_type": "acquirer_reference_number",
            "type": "refund",
        }
    if status == "pending":
        document["pending_reason"] = "processing"
    if "instructions_email" in params:
        document["instructions_email"] = params["instructions_email"]
    return document


def dispute(
    charge: dict[str, Any], *, amount: int, reason: str, is_inquiry: bool, created: int
) -> dict[str, Any]:
    """An open dispute, or an inquiry, which takes no money and leaves the charge refundable."""
    return {
        "id": new_id("du"),
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": created,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": NO_EVIDENCE,
        "evidence_details": {
            "due_by": created + 9 * DAY,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "is_charge_refundable": is_inquiry,
        "livemode": charge["livemode"],
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {
            "card": {
                "brand": "visa",
                "case_type": "inquiry" if is_inquiry else "chargeback",
                "network": "visa",
                "network_reason_code": "10.4",
            },
            "type": "card",
        },
        "reason": reason,
        "status": "warning_needs_response" if is_inquiry else "needs_response",
    }


def balance_transaction(
    source: dict[str, Any], *, kind: str, amount: int, fee: int, created: int
) -> dict[str, Any]:
    """A movement on the balance: `charge`, `refund`, `refund_failure` or `adjustment`."""
    fees = [
        {
            "amount": fee,
            "application": None,
            "currency": source["currency"],
            "description": "Simulated fee",
            "type": "stripe_fee",
        }
    ]
    return {
        "id": new_id("txn"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": created + 2 * DAY,
        "balance_type": "payments",
        "created": created,
        "currency": source["currency"],
        "description": None,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": fees if fee else [],
        "net": amount - fee,
        "reporting_category": "dispute" if kind == "adjustment" else kind,
        "source": source["id"],
        "status": "pending",
        "type": kind,
    }
