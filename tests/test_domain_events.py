"""The catalogue of domain events says what there is, and what it says happens."""

import re

import pytest

from app.config import ROOT
from bin import event_catalogue

RECORDED = "\n".join(path.read_text() for path in ROOT.joinpath("app").rglob("*.py"))


def test_the_document_is_what_is_declared():
    made = event_catalogue.document()
    assert event_catalogue.DOCUMENT.read_text() == made, "run: python -m bin.event_catalogue"


def test_the_ones_of_the_design_are_there():
    types = {event.type for event in event_catalogue.events()}
    assert types >= {
        *("listing.published", "listing.updated", "listing.withdrawn"),
        *("order.reserved", "order.closing", "order.cancelled"),
        *("order.processing", "order.completed", "order.refunded"),
        *("payment.received", "refund.issued", "event.created", "event.changed"),
    }


@pytest.mark.parametrize("event", event_catalogue.events(), ids=lambda event: event.type)
def test_an_event_says_what_it_and_its_fields_mean(event):
    assert vars(event)["__doc__"]
    assert not vars(event)["__doc__"].startswith(f"{event.__name__}("), "one that dataclass made"
    assert event.version >= 1
    for name, kind, meaning in event_catalogue.fields_of(event):
        assert kind in event_catalogue.KINDS, name
        assert meaning, name


@pytest.mark.parametrize("event", event_catalogue.events(), ids=lambda event: event.type)
def test_what_is_declared_is_used(event):
    mentioned = re.findall(rf"\b{event.__name__}\b", RECORDED)
    assert len(mentioned) > 2, "declared and imported, but recorded nowhere"


def test_no_two_events_have_one_type():
    types = [event.type for event in event_catalogue.events()]
    assert len(types) == len(set(types))
