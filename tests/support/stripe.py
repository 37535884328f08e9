"""The simulator's control API, in the words of a test."""

from typing import Any

import requests


class Stripe:
    """What buyers, banks and the dashboard do at Stripe, and how Stripe misbehaves."""

    def __init__(self, url: str):
        self.url = url
        self.http = requests.Session()
        self.http.trust_env = False

    def reset(self) -> None:
        for call in ("/reset", "/webhooks/drop"):
            self.post(call)
        self.forget_faults()
        self.http.delete(f"{self.url}/_sim/requests", timeout=10).raise_for_status()

    def forget_faults(self) -> None:
        self.http.delete(f"{self.url}/_sim/faults", timeout=10).raise_for_status()

    def pay(self, session_id: str, card: str = "4242424242424242", **facts: Any) -> str:
        """The buyer submits the page. What came of it, such as `paid`."""
        return self.post(f"/sessions/{session_id}/pay", card=card, **facts)["outcome"]

    def pay_slowly(self, session_id: str) -> None:
        """The buyer chooses a bank debit and submits: complete, but not paid yet."""
        self.post(f"/sessions/{session_id}/slow")
        self.pay(session_id)

    def bank_answers(self, session_id: str, outcome: str) -> None:
        self.post(f"/sessions/{session_id}/settle", outcome=outcome)

    def expire(self, session_id: str) -> None:
        """Shut the page by the API, as if its time had come."""
        self.http.post(
            f"{self.url}/v1/checkout/sessions/{session_id}/expire",
            auth=("sk_test_dashboard", ""),
            timeout=10,
        ).raise_for_status()

    def session(self, session_id: str) -> dict[str, Any]:
        return self.objects("checkout.session")[session_id]

    def objects(self, kind: str) -> dict[str, Any]:
        """All objects of one kind, by id, oldest first."""
        return {item["id"]: item for item in self.get("/state")[kind]}

    def fail(self, kind: str, method: str = "*", path: str = "*", **facts: Any) -> None:
        """The next matching call of the API fails this way."""
        self.post("/faults", kind=kind, method=method, path=path, **facts)

    def requests(self) -> list[dict[str, Any]]:
        return self.get("/requests")["requests"]

    def violations(self) -> list[Any]:
        return self.get("/violations")["violations"]

    def get(self, path: str) -> Any:
        answer = self.http.get(f"{self.url}/_sim{path}", timeout=10)
        assert answer.ok, answer.text
        return answer.json()

    def post(self, path: str, /, **body: Any) -> Any:
        answer = self.http.post(f"{self.url}/_sim{path}", json=body, timeout=30)
        assert answer.ok, answer.text
        return answer.json()
