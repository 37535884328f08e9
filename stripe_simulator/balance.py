"""The account's balance and what moved on it."""

from __future__ import annotations

from typing import Any

from stripe_simulator.documents import money_back
from stripe_simulator.simulator import Simulator


def record_movement(
    simulator: Simulator, source: dict[str, Any], *, kind: str, amount: int, fee: int = 0
) -> str:
    """Record that money moved because of a charge, refund or dispute; gives the balance
    transaction's id.
    """
    movement = money_back.balance_transaction(
        source, kind=kind, amount=amount, fee=fee, created=simulator.clock.now()
    )
    simulator.store.put("balance_transaction", movement)
    return movement["id"]


def retrieve(simulator: Simulator, params: dict[str, Any]) -> dict[str, Any]:
    """The balance, all of it pending, in each currency that was ever moved."""
    sums: dict[str, int] = {}
    for movement in simulator.store.find("balance_transaction"):
        currency = movement["currency"]
        sums[currency] = sums.get(currency, 0) + movement["net"]
    sums = sums or {"usd": 0}
    return {
        "object": "balance",
        "available": [_amount(currency, 0) for currency in sums],
        "connect_reserved": [{"amount": 0, "currency": currency} for currency in sums],
        "livemode": False,
        "pending": [_amount(currency, total) for currency, total in sums.items()],
    }


def _amount(currency: str, amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": currency, "source_types": {"card": amount}}
