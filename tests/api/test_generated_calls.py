"""Whatever fits the document, and much that does not, is answered as the document says.

A short dose. A long one: EXAMPLES=500 bin/test tests/api/test_generated_calls.py
"""

import os
from collections.abc import Mapping
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import (
    content_type_conformance,
    negative_data_rejection,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app.api import PREFIX
from app.db import transaction
from app.integrations import endpoints
from app.orders import reservation
from tests.support.programs import Program

pytestmark = pytest.mark.thorough

EXAMPLES = int(os.environ.get("EXAMPLES", "15"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    negative_data_rejection,
]


@pytest.fixture
def environ(simulator_url):
    return {"STRIPE_API_BASE": simulator_url, "STRIPE_SECRET_KEY": "sk_test_ticketbay"}


@pytest.fixture
def there(offer, seller, buyer):
    """Ids of what is there, by the name of the parameter. The caller sells it and has ordered."""
    own, bought = offer(), offer(tickets=8, seller=buyer)
    with transaction():
        order = reservation.reserve(bought.id, seller.id, 1, None)
        endpoint = endpoints.register(seller.id, "https://example.org/hook", ["order.reserved"])
    return {
        "event_id": own.event_id,
        "venue_id": own.event.venue_id,
        "listing_id": own.id,
        "public_id": order.public_id,
        "endpoint_id": endpoint.id,
    }


def test_generated_calls(app: Flask, seller, there, subtests):
    schema = schemathesis.openapi.from_wsgi(f"{PREFIX}/openapi.json", app)
    for found in schema.get_all_operations():
        operation = found.ok()
        with subtests.test(operation.label):
            _call_again_and_again(app, operation, seller, there)


def _call_again_and_again(
    app: Flask, operation: Any, caller: Any, there: Mapping[str, Any]
) -> None:
    @given(case=operation.as_strategy(), has_token=st.booleans(), hits=st.booleans())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize="EXAMPLES" not in os.environ,
        suppress_health_check=list(HealthCheck),
    )
    def call(case: Any, has_token: bool, hits: bool) -> None:
        if hits:
            # What is generated hardly ever names something that is there.
            for sent in (case.path_parameters, case.query, case.body):
                if isinstance(sent, dict):
                    sent.update({name: there[name] for name in there.keys() & sent.keys()})
        # A new one each time: some of these calls sign out.
        headers = Program(app, caller if has_token else None).headers
        headers["Accept-Encoding"] = "identity"  # what is read in this process is not unpacked
        case.call_and_validate(headers=headers, checks=CHECKS)

    call()
