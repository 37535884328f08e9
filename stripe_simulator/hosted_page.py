"""The hosted payment page: a card form, 3-D Secure, and what the buyer sees when it is too late."""

from __future__ import annotations

import time
from typing import Any

from flask import Blueprint, Flask, abort, redirect, render_template, request
from werkzeug.wrappers import Response

from stripe_simulator import payments, sessions, timer
from stripe_simulator.cards import TEST_CARDS, CardForm
from stripe_simulator.errors import ApiError
from stripe_simulator.payments import Attempt
from stripe_simulator.simulator import Simulator

SESSION_ID_PLACEHOLDER = "{CHECKOUT_SESSION_ID}"
# The currencies without cents that a ticket is most likely sold in.
ZERO_DECIMAL_CURRENCIES = frozenset({"clp", "jpy", "krw", "vnd", "xaf", "xof"})

Page = str | Response | tuple[str, int]


def register(app: Flask, simulator: Simulator) -> None:
    """Serve the payment page of every session under `/c/pay/<id>`."""
    pages = Blueprint("hosted_page", __name__)
    pages.add_app_template_filter(money)

    @pages.before_request
    def let_time_pass() -> None:
        timer.tick(simulator)

    @pages.get("/c/pay/<session_id>")
    def show(session_id: str) -> Page:
        session = _session(simulator, session_id)
        if session["status"] != "open":
            return _closed(session), 410
        return _form(simulator, session, _prefilled(session))

    @pages.post("/c/pay/<session_id>")
    def pay(session_id: str) -> Page:
        session = _session(simulator, session_id)
        form = CardForm(
            **{f: request.form.get(f, "") for f in ("email", "number", "expiry", "cvc", "name")}
        )
        if sessions.payment_page(simulator, session_id)["is_slow"]:
            attempt = payments.pay_by_slow_method(simulator, session_id, form.email, form.name)
            return _after(simulator, session, attempt, form)
        today = time.gmtime(simulator.clock.now())
        mistakes = form.mistakes((today.tm_year, today.tm_mon))
        if mistakes and session["status"] == "open":
            return _form(simulator, session, form, mistakes), 422
        return _after(simulator, session, payments.pay_by_card(simulator, session_id, form), form)

    @pages.get("/c/pay/<session_id>/authenticate")
    def show_authentication(session_id: str) -> Page:
        session = _session(simulator, session_id)
        if session["status"] != "open":
            return _closed(session), 410
        return render_template("authenticate.html", session=session)

    @pages.post("/c/pay/<session_id>/authenticate")
    def authenticate(session_id: str) -> Page:
        session = _session(simulator, session_id)
        succeeded = request.form.get("outcome") == "complete"
        attempt = payments.authenticate(simulator, session_id, succeeded=succeeded)
        return _after(simulator, session, attempt, _prefilled(session))

    app.register_blueprint(pages)


def success_url(session: dict[str, Any]) -> str:
    """Where the buyer goes after paying."""
    return session["success_url"].replace(SESSION_ID_PLACEHOLDER, session["id"])


def money(amount: int, currency: str) -> str:
    """An amount for people: `12.50 EUR`."""
    if currency in ZERO_DECIMAL_CURRENCIES:
        return f"{amount:,} {currency.upper()}"
    return f"{amount / 100:,.2f} {currency.upper()}"


def _session(simulator: Simulator, session_id: str) -> dict[str, Any]:
    try:
        return sessions.get(simulator, session_id)
    except ApiError:
        abort(404)


def _prefilled(session: dict[str, Any]) -> CardForm:
    return CardForm(
        email=session["customer_email"] or "buyer@example.com",
        number=TEST_CARDS[0].grouped,
        expiry="12 / 34",
        cvc="123",
        name="Test Buyer",
    )


def _form(
    simulator: Simulator,
    session: dict[str, Any],
    form: CardForm,
    mistakes: dict[str, str] | None = None,
    refusal: str | None = None,
) -> str:
    page = sessions.payment_page(simulator, session["id"])
    return render_template(
        "pay.html",
        session=session,
        items=page["items"],
        is_slow=page["is_slow"],
        form=form,
        mistakes=mistakes or {},
        refusal=refusal,
        test_cards=TEST_CARDS,
    )


def _after(simulator: Simulator, session: dict[str, Any], attempt: Attempt, form: CardForm) -> Page:
    if attempt.outcome in ("paid", "processing"):
        return redirect(success_url(session), 303)
    if attempt.outcome == "authenticate":
        return redirect(f"/c/pay/{session['id']}/authenticate", 303)
    if attempt.outcome == "closed":
        # As vague as Stripe: it does not say whether the payment went through.
        return render_template("too_late.html", session=session), 410
    return _form(simulator, session, form, refusal=attempt.message), 402


def _closed(session: dict[str, Any]) -> str:
    return render_template("closed.html", session=session, success_url=success_url(session))
