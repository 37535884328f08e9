"""Refunds and disputes."""

from __future__ import annotations

from typing import Any

import pytest
import stripe
from simulator_cast import Buyer, Control, Shop


def charge_of(shop: Shop, paid: Any) -> Any:
    return shop.v1.charges.retrieve(paid.payment_intent.latest_charge.id)


def pay_with(shop: Shop, buyer: Buyer, card: str) -> Any:
    session = shop.open_session()
    assert buyer.pays(session, card).status == 303
    return shop.session(session.id)


def test_a_card_refund_succeeds_and_announces_itself_as_charge_refunded(
    shop: Shop, paid: Any
) -> None:
    refund = shop.v1.refunds.create(
        {"payment_intent": paid.payment_intent.id, "metadata": {"refund_id": "1"}}
    )

    assert (refund.amount, refund.status) == (3000, "succeeded")
    assert charge_of(shop, paid).refunded is True
    assert shop.event_types()[-2:] == ["refund.created", "charge.refunded"]
    assert "refund.updated" not in shop.event_types()
    (listed,) = shop.v1.refunds.list({"payment_intent": paid.payment_intent.id}).data
    assert listed.metadata is not None
    assert listed.metadata.to_dict() == {"refund_id": "1"}
    assert shop.v1.refunds.retrieve(refund.id).charge == charge_of(shop, paid).id


def test_a_charge_is_refunded_in_parts_but_never_more_than_all(shop: Shop, paid: Any) -> None:
    charge = charge_of(shop, paid).id
    shop.v1.refunds.create({"charge": charge, "amount": 1000})
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded"):
        shop.v1.refunds.create({"charge": charge, "amount": 2001})
    assert shop.v1.charges.retrieve(charge).amount_refunded == 1000

    assert shop.v1.refunds.create({"charge": charge}).amount == 2000
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.refunds.create({"charge": charge})
    assert refused.value.code == "charge_already_refunded"
    assert len(shop.v1.refunds.list({"charge": charge}).data) == 2


def test_what_was_not_paid_cannot_be_refunded(shop: Shop, buyer: Buyer) -> None:
    session = shop.open_session()
    buyer.pays(session, "4000 0000 0000 0002")
    intent = shop.session(session.id).payment_intent
    with pytest.raises(stripe.InvalidRequestError, match="successful charge"):
        shop.v1.refunds.create({"payment_intent": intent.id})
    with pytest.raises(stripe.InvalidRequestError, match="not paid"):
        shop.v1.refunds.create({"charge": intent.latest_charge.id})
    with pytest.raises(stripe.InvalidRequestError, match="payment_intent or charge"):
        shop.v1.refunds.create({"amount": 5})


def test_a_refund_of_the_failing_card_fails_later_and_gives_the_money_back(
    shop: Shop, buyer: Buyer, control: Control
) -> None:
    paid = pay_with(shop, buyer, "4000 0000 0000 5126")
    refund = shop.v1.refunds.create({"payment_intent": paid.payment_intent.id})
    assert refund.status == "succeeded"

    control.post("/clock", advance=60)

    failed = shop.v1.refunds.retrieve(refund.id)
    assert (failed.status, failed.failure_reason) == ("failed", "expired_or_canceled_card")
    assert (charge_of(shop, paid).refunded, charge_of(shop, paid).amount_refunded) == (False, 0)
    assert "refund.failed" in shop.event_types()
    assert shop.v1.refunds.create({"payment_intent": paid.payment_intent.id})


def test_a_pending_refund_succeeds_later(shop: Shop, buyer: Buyer, control: Control) -> None:
    paid = pay_with(shop, buyer, "4000 0000 0000 7726")
    refund = shop.v1.refunds.create({"payment_intent": paid.payment_intent.id})
    assert (refund.status, refund.pending_reason) == ("pending", "processing")
    control.post("/clock", advance=60)
    assert shop.v1.refunds.retrieve(refund.id).status == "succeeded"


@pytest.mark.parametrize("outcome", ["succeeded", "failed", "canceled"])
def test_a_test_can_choose_how_a_refund_begins_and_ends(
    shop: Shop, control: Control, paid: Any, outcome: str
) -> None:
    control.post("/refunds/next", status="pending")
    refund = shop.v1.refunds.create({"payment_intent": paid.payment_intent.id})
    assert refund.status == "pending"
    control.post(f"/refunds/{refund.id}/settle", outcome=outcome)
    assert shop.v1.refunds.retrieve(refund.id).status == outcome
    assert charge_of(shop, paid).refunded is (outcome == "succeeded")


def test_only_a_refund_that_waits_for_the_buyer_can_be_canceled(
    shop: Shop, control: Control, paid: Any
) -> None:
    control.post("/refunds/next", status="requires_action")
    waiting = shop.v1.refunds.create({"payment_intent": paid.payment_intent.id})
    assert shop.v1.refunds.cancel(waiting.id).status == "canceled"
    done = shop.v1.refunds.create({"payment_intent": paid.payment_intent.id})
    with pytest.raises(stripe.InvalidRequestError, match="cannot be canceled"):
        shop.v1.refunds.cancel(done.id)


def test_metadata_of_a_refund_can_be_changed(shop: Shop, paid: Any) -> None:
    refund = shop.v1.refunds.create(
        {"payment_intent": paid.payment_intent.id, "metadata": {"a": "1", "b": "2"}}
    )
    changed = shop.v1.refunds.update(refund.id, {"metadata": {"a": "", "c": "3"}})
    assert changed.metadata is not None
    assert changed.metadata.to_dict() == {"b": "2", "c": "3"}


def test_a_refund_can_be_made_in_the_dashboard(shop: Shop, control: Control, paid: Any) -> None:
    control.post("/refunds", payment_intent=paid.payment_intent.id, amount=500)
    (refund,) = shop.v1.refunds.list().data
    assert (refund.amount, refund.status) == (500, "succeeded")
    assert shop.event_types()[-1] == "charge.refunded"


@pytest.mark.parametrize("outcome", ["won", "lost"])
def test_a_dispute_blocks_refunds_until_it_is_won(
    shop: Shop, control: Control, paid: Any, outcome: str
) -> None:
    charge = paid.payment_intent.latest_charge.id
    dispute = control.post("/disputes", charge=charge)

    assert charge_of(shop, paid).disputed is True
    assert [d.id for d in shop.v1.disputes.list({"charge": charge}).data] == [dispute["id"]]
    assert shop.v1.disputes.retrieve(dispute["id"]).status == "needs_response"
    assert shop.event_types()[-2:] == [
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
    ]
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.refunds.create({"charge": charge})
    assert refused.value.code == "charge_disputed"

    control.post(f"/disputes/{dispute['id']}/close", outcome=outcome)
    assert shop.v1.disputes.retrieve(dispute["id"]).status == outcome
    assert shop.event_types()[-1] == "charge.dispute.closed"
    if outcome == "won":
        assert "charge.dispute.funds_reinstated" in shop.event_types()
        assert shop.v1.refunds.create({"charge": charge}).status == "succeeded"
    else:
        with pytest.raises(stripe.InvalidRequestError, match="charged back"):
            shop.v1.refunds.create({"charge": charge})


def test_an_inquiry_takes_no_money_and_allows_refunds(
    shop: Shop, control: Control, paid: Any
) -> None:
    charge = paid.payment_intent.latest_charge.id
    inquiry = control.post("/disputes", charge=charge, inquiry=True)
    assert inquiry["status"] == "warning_needs_response"
    assert inquiry["balance_transactions"] == []
    assert shop.v1.refunds.create({"charge": charge}).status == "succeeded"
    closed = control.post(f"/disputes/{inquiry['id']}/close", outcome="lost")
    assert closed["status"] == "warning_closed"


def test_a_refunded_charge_cannot_be_disputed(shop: Shop, control: Control, paid: Any) -> None:
    charge = paid.payment_intent.latest_charge.id
    shop.v1.refunds.create({"charge": charge})
    assert "can be disputed" in control.refused("/disputes", charge=charge)
