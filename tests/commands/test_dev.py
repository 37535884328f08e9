"""bin/dev: what a stranger runs first."""

import os
import shutil
import signal
import socket
import sqlite3
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.commands.conftest import get, gone, processes_in, the_one

pytestmark = pytest.mark.processes


def test_a_page_and_the_payment_page_come_once_it_says_so(clone, run, port):
    dev = run("bin/dev", PORT=port)
    line = dev.wait_for("^ticketbay is running at")
    assert line == f"ticketbay is running at http://localhost:{port}"
    assert get(f"http://localhost:{port}/") == 200
    payments = dev.wait_for("^payments simulator at").rpartition(" ")[2]
    assert get(f"{payments}/_sim/clock") == 200


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_whatever_ends_it_ends_everything_it_started(clone, run, port, number):
    dev = run("bin/dev", PORT=port)
    dev.wait_for("^ticketbay is running at")
    assert len(processes_in(clone)) >= 7  # itself, guard, broker, simulator, worker, two of web
    dev.process.send_signal(number)
    dev.ends()
    assert gone(clone, seconds=30) == {}


def test_it_ends_while_it_is_still_starting(clone, run, port):
    dev = run("bin/dev", PORT=port)
    dev.wait_for("simulator +.")
    dev.process.send_signal(signal.SIGTERM)
    assert dev.ends() == 0
    assert gone(clone, seconds=5) == {}


def test_a_child_that_was_killed_comes_back(clone, run, port):
    dev = run("bin/dev", PORT=port)
    dev.wait_for("^ticketbay is running at")
    for words in ("gunicorn", "worker.py", "stripe_simulator", "valkey-server"):
        before = the_one(clone, words)
        os.kill(before, signal.SIGKILL)
        assert _comes_back(clone, words, instead_of=before)
        assert get(f"http://localhost:{port}/", seconds=20) == 200
    assert dev.output.count("ended (signal 9)") == 4


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_guard_that_was_killed_comes_back_and_still_watches_over_everything(
    clone, run, port, number
):
    dev = run("bin/dev", PORT=port)
    dev.wait_for("^ticketbay is running at")
    for words in ("bin.devserver.guard", "worker.py"):
        before = the_one(clone, words)
        os.kill(before, signal.SIGKILL)
        assert _comes_back(clone, words, instead_of=before)
    dev.process.send_signal(number)
    dev.ends()
    assert gone(clone, seconds=30) == {}
    assert "Traceback" not in dev.output


def test_a_guard_that_dies_together_with_another_child_does_no_harm(clone, run, port):
    dev = run("bin/dev", PORT=port)
    dev.wait_for("^ticketbay is running at")
    worker = the_one(clone, "worker.py")
    for process in (the_one(clone, "bin.devserver.guard"), worker):
        os.kill(process, signal.SIGKILL)
    assert _comes_back(clone, "worker.py", instead_of=worker)
    assert _comes_back(clone, "bin.devserver.guard", instead_of=0)
    dev.process.send_signal(signal.SIGINT)
    assert dev.ends() == 0
    assert gone(clone, seconds=5) == {}


def test_a_second_start_finds_the_data_and_the_simulator_where_they_were(clone, run, port):
    dev = run("bin/dev", PORT=port)
    payments = dev.wait_for("^payments simulator at http")
    dev.process.send_signal(signal.SIGTERM)
    dev.ends()
    _leave_a_mark(clone)

    again = run("bin/dev", PORT=port)
    again.wait_for("^ticketbay is running at")
    assert again.wait_for("^payments simulator at http") == payments
    assert _mark_is_there(clone)


def test_reset_forgets_the_data(clone, run, port):
    dev = run("bin/dev", PORT=port)
    dev.wait_for("^ticketbay is running at")
    dev.process.send_signal(signal.SIGTERM)
    dev.ends()
    _leave_a_mark(clone)

    run("bin/dev", "--reset", PORT=port).wait_for("^ticketbay is running at")
    assert not _mark_is_there(clone)


def test_two_clones_run_side_by_side(clone, run, port, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(clone, other, symlinks=True)
    other_port = str(int(port) + 1)
    run("bin/dev", PORT=port).wait_for("^ticketbay is running at")
    run("bin/dev", folder=other, PORT=other_port).wait_for("^ticketbay is running at")
    assert get(f"http://localhost:{port}/") == get(f"http://localhost:{other_port}/") == 200


def test_a_second_one_in_the_same_folder_is_refused(clone, run, port):
    run("bin/dev", PORT=port).wait_for("^ticketbay is running at")
    second = run("bin/dev", "--reset", PORT=str(int(port) + 1))
    assert second.ends() == 1
    assert second.output == "bin/dev already runs in this folder: stop it first.\n"


def test_a_busy_port_gets_one_sentence(clone, run, port):
    with socket.create_server(("127.0.0.1", int(port))):
        dev = run("bin/dev", PORT=port)
        assert dev.ends() == 1
    assert dev.output == (
        f"Port {port} is in use: stop what runs there or try PORT={int(port) + 1}.\n"
    )
    assert processes_in(clone) == {}


def test_a_foolish_setting_gets_one_sentence(clone, run, port):
    dev = run("bin/dev", PORT=port, ORDER_HOLD_SECONDS="5")
    assert dev.ends() == 1
    assert dev.output == (
        "ORDER_HOLD_SECONDS is '5': input should be greater than or equal to 10.\n"
    )


def test_a_broker_and_a_payment_service_of_ones_own_are_honoured(clone, run, port):
    dev = run(
        "bin/dev",
        PORT=port,
        REDIS_URL="redis://127.0.0.1:1/0",
        STRIPE_API_BASE="http://127.0.0.1:2",
    )
    dev.wait_for("^ticketbay is running at")
    commands = " ".join(processes_in(clone).values())
    assert "valkey-server" not in commands
    assert "stripe_simulator" not in commands
    assert "payments simulator" not in dev.output


def _leave_a_mark(clone: Path) -> None:
    with sqlite3.connect(clone / "var/ticketbay.sqlite") as database:
        database.execute("CREATE TABLE mark (id INTEGER)")


def _mark_is_there(clone: Path) -> bool:
    with sqlite3.connect(clone / "var/ticketbay.sqlite") as database:
        return bool(database.execute("SELECT 1 FROM sqlite_master WHERE name = 'mark'").fetchone())


def _comes_back(clone: Path, words: str, *, instead_of: int) -> bool:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with suppress(ValueError):  # none, or two while one still dies
            if the_one(clone, words) != instead_of:
                return True
        time.sleep(0.1)
    return False
