"""The cast: a shop that uses the stripe package, a buyer with a browser of sorts, an inbox for
webhooks, and the control API that pulls the strings.
"""

from __future__ import annotations

import http.client
import json
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import stripe

SECRET = "whsec_simulated"
SUCCESS_URL = "http://localhost:1/paid?session={CHECKOUT_SESSION_ID}"
CANCEL_URL = "http://localhost:1/back"


@dataclass
class Answer:
    """What an HTTP request was answered."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


def ask(method: str, url: str, body: str | None = None, **headers: str) -> Answer:
    """One plain HTTP request; redirects are not followed, proxies not used."""
    target = urlsplit(url)
    connection = http.client.HTTPConnection(target.hostname or "", target.port, timeout=20)
    path = target.path + (f"?{target.query}" if target.query else "")
    try:
        connection.request(method, path, body, {k.replace("_", "-"): v for k, v in headers.items()})
        response = connection.getresponse()
        names = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, names, response.read().decode())
    finally:
        connection.close()


class Control:
    """The control API."""

    def __init__(self, url: str) -> None:
        self._url = url

    def get(self, path: str) -> Any:
        return self._ask("GET", path)

    def post(self, path: str, /, **body: Any) -> Any:
        return self._ask("POST", path, body)

    def patch(self, path: str, /, **body: Any) -> Any:
        return self._ask("PATCH", path, body)

    def delete(self, path: str) -> Any:
        return self._ask("DELETE", path)

    def refused(self, path: str, /, **body: Any) -> str:
        """The message with which a POST is refused."""
        answer = self._send("POST", path, body)
        assert 400 <= answer.status < 500, answer.text
        return answer.json["error"]["message"]

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        answer = self._send(method, path, body)
        assert answer.status == 200, answer.text
        return answer.json

    def _send(self, method: str, path: str, body: Any) -> Answer:
        text = None if body is None else json.dumps(body)
        return ask(method, f"{self._url}/_sim{path}", text, Content_Type="application/json")


class Shop:
    """Sells tickets: the stripe package, and the calls that most tests begin with."""

    def __init__(self, url: str, key: str = "sk_test_shop") -> None:
        self.url = url
        self.client = stripe.StripeClient(key, base_addresses={"api": url}, max_network_retries=0)
        self.v1 = self.client.v1

    def session_params(self, **changes: Any) -> Any:
        ticket = {"currency": "eur", "unit_amount": 1500, "product_data": {"name": "Ticket"}}
        return {
            "mode": "payment",
            "success_url": SUCCESS_URL,
            "cancel_url": CANCEL_URL,
            "line_items": [{"quantity": 2, "price_data": ticket}],
            **changes,
        }

    def open_session(self, key: str | None = None, **changes: Any) -> Any:
        options: Any = {"idempotency_key": key} if key else None
        return self.v1.checkout.sessions.create(self.session_params(**changes), options)

    def session(self, session_id: str) -> Any:
        expand: Any = {"expand": ["payment_intent.latest_charge"]}
        return self.v1.checkout.sessions.retrieve(session_id, expand)

    def event_types(self) -> list[str]:
        """The types of all events, oldest first."""
        return [event.type for event in reversed(self.v1.events.list({"limit": 100}).data)]

    def raw(self, method: str, path: str, params: Any = None, **headers: str) -> Answer:
        """A request without the stripe package, form-encoded by hand."""
        form = urlencode(params) if params else ""
        if method == "GET" and form:
            path, form = f"{path}?{form}", ""
        return ask(
            method,
            self.url + path,
            form or None,
            **{
                "Authorization": "Bearer sk_test_shop",
                "Content_Type": "application/x-www-form-urlencoded",
                **headers,
            },
        )


class Buyer:
    """Fills in the hosted payment page."""

    def __init__(self, url: str) -> None:
        self._url = url

    def sees(self, session: Any) -> Answer:
        return ask("GET", f"{self._url}/c/pay/{session.id}")

    def pays(self, session: Any, card: str = "4242 4242 4242 4242", **changes: str) -> Answer:
        form = {
            "email": "buyer@example.com",
            "number": card,
            "expiry": "12 / 40",
            "cvc": "123",
            "name": "Bea Buyer",
        }
        return self._submit(f"/c/pay/{session.id}", form | changes)

    def authenticates(self, session: Any, outcome: str) -> Answer:
        return self._submit(f"/c/pay/{session.id}/authenticate", {"outcome": outcome})

    def _submit(self, path: str, form: dict[str, str]) -> Answer:
        content = "application/x-www-form-urlencoded"
        return ask("POST", self._url + path, urlencode(form), Content_Type=content)


@dataclass
class Inbox:
    """A webhook endpoint that keeps what it gets and answers `statuses` in turn, then 200."""

    url: str = ""
    received: list[tuple[bytes, str]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    def types(self) -> list[str]:
        return [json.loads(body)["type"] for body, _ in self.received]

    def ids(self) -> list[str]:
        return [json.loads(body)["id"] for body, _ in self.received]

    def wait_for(self, count: int) -> None:
        deadline = time.monotonic() + 20
        while len(self.received) < count:
            assert time.monotonic() < deadline, f"only {self.types()} after 20 seconds"
            time.sleep(0.01)
