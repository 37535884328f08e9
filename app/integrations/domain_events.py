"""What can happen to a webhook endpoint. Past tense, ids and plain facts, never renamed."""

from dataclasses import dataclass
from typing import Annotated

from app.outbox.recording import DomainEvent


@dataclass(frozen=True, kw_only=True)
class EndpointDisabled(DomainEvent):
    """Nothing is sent to a webhook endpoint any more, until its owner switches it on again."""

    type = "endpoint.disabled"
    endpoint_id: Annotated[int, "number of the endpoint"]
    reason: Annotated[str, "failing: no answer of success for a day; gone: it answered 410"]

    @property
    def subject(self) -> str:
        return f"endpoints/{self.endpoint_id}"
