"""What a state file keeps, and how the program starts and stops."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from simulator_cast import SECRET, Buyer, Control, Inbox, Shop, ask

from stripe_simulator import RunningSimulator, running_simulator

ROOT = Path(__file__).parents[2]


@contextmanager
def program(*options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`python -m stripe_simulator` on a free port, and its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "stripe_simulator", "--port", "0", *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("payments simulator at http://127.0.0.1:"), line
        yield process, line.split()[-1]
    finally:
        process.kill()
        process.communicate()


def everything(shop: Shop, control: Control) -> dict[str, Any]:
    state = control.get("/state")
    state["clock"] = state["clock"]["offset_seconds"]
    return state


def test_a_killed_simulator_remembers_everything(tmp_path: Path) -> None:
    state_file = str(tmp_path / "stripe.sqlite")
    with program("--state", state_file) as (process, url):
        shop, buyer, control = Shop(url), Buyer(url), Control(url)
        control.post("/clock", advance=100)
        waiting = shop.open_session(key="waiting")
        session = shop.open_session(key="paid")
        buyer.pays(session)
        intent = shop.session(session.id).payment_intent.id
        shop.v1.refunds.create({"payment_intent": intent, "amount": 100}, {"idempotency_key": "r"})
        before = everything(shop, control)
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=5)

    with running_simulator(state_path=state_file) as running:
        shop, buyer, control = Shop(running.url), Buyer(running.url), Control(running.url)
        assert everything(shop, control) == before
        again = shop.open_session(key="waiting")
        assert again.id == waiting.id
        refund = shop.v1.refunds.create(
            {"payment_intent": intent, "amount": 100}, {"idempotency_key": "r"}
        )
        assert refund.last_response is not None
        assert refund.last_response.headers["Idempotent-Replayed"] == "true"
        assert buyer.pays(again).status == 303


def test_undelivered_webhooks_are_delivered_after_a_restart(tmp_path: Path, inbox: Inbox) -> None:
    state_file = str(tmp_path / "stripe.sqlite")
    with running_simulator(state_path=state_file) as running:
        shop, control = Shop(running.url), Control(running.url)
        control.post("/webhooks/endpoints", url=inbox.url, secrets=[SECRET])
        control.post("/webhooks/hold")
        shop.v1.checkout.sessions.expire(shop.open_session().id)
    with running_simulator(state_path=state_file) as running:
        Control(running.url).post("/webhooks/release")
        inbox.wait_for(1)
    assert inbox.types() == ["checkout.session.expired"]


def test_a_start_on_another_port_forgets_the_endpoint_of_the_one_before(tmp_path: Path) -> None:
    options = ["--state", str(tmp_path / "stripe.sqlite"), "--webhook-secret", SECRET]
    for port in (1001, 1002):
        address = f"http://127.0.0.1:{port}/webhooks"
        with program(*options, "--webhook-url", address) as (_, url):
            endpoints = Control(url).get("/webhooks")["endpoints"]
            assert [endpoint["url"] for endpoint in endpoints] == [address]


def test_a_reset_forgets_all_but_the_endpoints(
    shop: Shop, control: Control, inbox: Inbox, paid: Any
) -> None:
    control.post("/clock", advance=100)
    control.post("/faults", kind="500")
    control.post("/reset")
    state = control.get("/state")
    assert state["clock"]["offset_seconds"] == 0
    assert [e["url"] for e in state["webhook_endpoint"]] == [inbox.url]
    left = {k: v for k, v in state.items() if k not in ("clock", "webhook_endpoint")}
    assert not any(left.values())


def test_the_program_delivers_webhooks_and_stops_when_told(inbox: Inbox) -> None:
    with program("--webhook-url", inbox.url, "--webhook-secret", SECRET) as (process, url):
        shop = Shop(url)
        session = shop.open_session()
        assert session.url is not None
        assert ask("GET", session.url).status == 200
        shop.v1.checkout.sessions.expire(session.id)
        inbox.wait_for(1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=5) == 0


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--host", "0.0.0.0"], "this machine only"),
        (["--webhook-url", "http://127.0.0.1:1/"], "needs --webhook-secret"),
        (
            ["--webhook-url", "http://example.com/", "--webhook-secret", "whsec_1"],
            "on this machine",
        ),
    ],
)
def test_nonsense_stops_the_start(options: list[str], complaint: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "stripe_simulator", "--port", "0", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert ended.returncode == 2
    assert complaint in ended.stderr


def test_only_this_machine_is_served() -> None:
    with pytest.raises(ValueError, match="this machine only"):
        RunningSimulator(host="0.0.0.0")


def test_the_public_address_can_be_another() -> None:
    with running_simulator(public_url="http://pay.localhost:9/") as running:
        url = Shop(running.url).open_session().url
    assert url is not None
    assert url.startswith("http://pay.localhost:9/c/pay/cs_test_")
