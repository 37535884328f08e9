"""The table of everything the API does: method, path, contract, and who answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stripe import params as contracts
from stripe.params import checkout as checkout_contracts

from stripe_simulator import balance, disputes, listing, refunds, sessions
from stripe_simulator.errors import no_such
from stripe_simulator.simulator import Simulator

Handler = Callable[..., dict[str, Any]]


@dataclass(frozen=True)
class Endpoint:
    """One call of the API. The handler takes the simulator, the validated parameters and the id in
    the path, if any.
    """

    method: str
    path: str
    contract: type
    handler: Handler


def retrieve(kind: str) -> Handler:
    """A handler that gives one object of a kind that never changes by itself."""

    def handler(simulator: Simulator, params: dict[str, Any], identifier: str) -> dict[str, Any]:
        found = simulator.store.get(kind, identifier)
        if found is None:
            raise no_such(kind, identifier)
        return found

    return handler


def index(kind: str, url: str, *filters: str) -> Handler:
    """A handler that gives a page of objects, filtered by parameters that are named like the
    fields.
    """

    def handler(simulator: Simulator, params: dict[str, Any]) -> dict[str, Any]:
        where = {field: params[field] for field in filters if field in params}
        return listing.page(simulator, kind, url, params, where)

    return handler


def session_line_items(
    simulator: Simulator, params: dict[str, Any], identifier: str
) -> dict[str, Any]:
    """A page of what a session sells."""
    return sessions.line_items(simulator, identifier, params)


def event_index(simulator: Simulator, params: dict[str, Any]) -> dict[str, Any]:
    """A page of events: of one type, which may be `charge.*`, or of several."""
    where: dict[str, Any] = {}
    if "type" in params:
        where["type GLOB"] = params["type"]
    if "types" in params:
        where["type"] = params["types"]
    if "delivery_success" in params:
        where["pending_webhooks =" if params["delivery_success"] else "pending_webhooks >"] = 0
    return listing.page(simulator, "event", "/v1/events", params, where)


SESSIONS = "/v1/checkout/sessions"

ENDPOINTS = (
    Endpoint("POST", SESSIONS, checkout_contracts.SessionCreateParams, sessions.create),
    Endpoint("GET", SESSIONS, checkout_contracts.SessionListParams, sessions.index),
    Endpoint(
        "GET", f"{SESSIONS}/<id>", checkout_contracts.SessionRetrieveParams, sessions.retrieve
    ),
    Endpoint(
        "POST", f"{SESSIONS}/<id>/expire", checkout_contracts.SessionExpireParams, sessions.expire
    ),
    Endpoint(
        "GET",
        f"{SESSIONS}/<id>/line_items",
        checkout_contracts.SessionListLineItemsParams,
        session_line_items,
    ),
    Endpoint(
        "GET",
        "/v1/payment_intents",
        contracts.PaymentIntentListParams,
        index("payment_intent", "/v1/payment_intents", "customer", "customer_account"),
    ),
    Endpoint(
        "GET",
        "/v1/payment_intents/<id>",
        contracts.PaymentIntentRetrieveParams,
        retrieve("payment_intent"),
    ),
    Endpoint(
        "GET",
        "/v1/charges",
        contracts.ChargeListParams,
        index("charge", "/v1/charges", "customer", "payment_intent", "transfer_group"),
    ),
    Endpoint("GET", "/v1/charges/<id>", contracts.ChargeRetrieveParams, retrieve("charge")),
    Endpoint("POST", "/v1/refunds", contracts.RefundCreateParams, refunds.create),
    Endpoint("GET", "/v1/refunds", contracts.RefundListParams, refunds.index),
    Endpoint("GET", "/v1/refunds/<id>", contracts.RefundRetrieveParams, refunds.retrieve),
    Endpoint("POST", "/v1/refunds/<id>", contracts.RefundUpdateParams, refunds.update),
    Endpoint("POST", "/v1/refunds/<id>/cancel", contracts.RefundCancelParams, refunds.cancel),
    Endpoint("GET", "/v1/disputes", contracts.DisputeListParams, disputes.index),
    Endpoint("GET", "/v1/disputes/<id>", contracts.DisputeRetrieveParams, disputes.retrieve),
    Endpoint("GET", "/v1/events", contracts.EventListParams, event_index),
    Endpoint("GET", "/v1/events/<id>", contracts.EventRetrieveParams, retrieve("event")),
    Endpoint(
        "GET",
        "/v1/balance_transactions/<id>",
        contracts.BalanceTransactionRetrieveParams,
        retrieve("balance_transaction"),
    ),
    Endpoint("GET", "/v1/balance", contracts.BalanceRetrieveParams, balance.retrieve),
)
