"""The documents say what is so: settings, commands and links."""

import json
import re
from pathlib import Path

import pytest
from flask import Flask

from app.config import ROOT, Settings, load

DOCUMENTS = sorted(
    path
    for path in ROOT.rglob("*.md")
    if not {"node_modules", ".venv", "var"} & set(path.relative_to(ROOT).parts)
)
OPERATORS_COMMANDS = (
    "seed-demo",
    "create-admin",
    "set-password",
    "import-events",
    "check-invariants",
    "sweep",
    "cancel-event",
    "refund-order",
    "incidents",
    "check-legal",
)


def test_every_setting_is_described():
    rows = re.findall(r"^\| `([A-Z_]+)`", read("docs/configuration.md"), re.MULTILINE)
    assert sorted(rows) == sorted(name.upper() for name in Settings.model_fields)


def test_the_defaults_are_the_ones_described():
    described = dict(
        re.findall(r"^\| `([A-Z_]+)` \| `([^`]+)` \|", read("docs/configuration.md"), re.MULTILINE)
    )
    wrong = {
        name: text
        for name, text in described.items()
        if "PORT" not in text
        and str(Settings.model_fields[name.lower()].default).lower() != text.lower()
    }
    assert not wrong


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path):
    links = re.findall(r"\]\(([^)#\s]+)", path.read_text())
    missing = [
        link
        for link in links
        if not re.match(r"https?:|mailto:", link) and not (path.parent / link).exists()
    ]
    assert not missing


def test_every_command_of_bin_that_is_named_exists():
    named = {
        name for path in DOCUMENTS for name in re.findall(r"\bbin/([a-z]+)\b", path.read_text())
    }
    assert {"dev", "test", "lock"} <= named
    missing = {name for name in named if not (ROOT / "bin" / name).exists()}
    # .venv/bin/... in the documents are the tools of the environment.
    assert missing <= {"activate", "flask", "pip"}


@pytest.mark.parametrize("name", OPERATORS_COMMANDS)
def test_an_operator_has_the_command_and_its_help(app: Flask, name: str):
    result = app.test_cli_runner().invoke(args=[name, "--help"])
    assert result.exit_code == 0, result.output


def test_every_flask_command_that_is_named_exists(app: Flask):
    named = {
        name
        for path in DOCUMENTS
        for name in re.findall(r"\bflask ([a-z][a-z-]+)\b", path.read_text())
    }
    assert named
    for name in named:
        assert app.test_cli_runner().invoke(args=[name, "--help"]).exit_code == 0, name


def test_a_platform_that_reads_app_json_gets_settings_that_make_sense():
    described = json.loads(read("app.json"))["env"]
    typed_in = {
        "SECRET_KEY": "x" * 32,
        "PUBLIC_URL": "https://tickets.example.org",
        "STRIPE_SECRET_KEY": "sk_live_x",
        "STRIPE_WEBHOOK_SECRET": "whsec_x",
        "CONTACT_EMAIL": "help@example.org",
        "OPERATOR_NAME": "A club",
        "OPERATOR_ADDRESS": "Street 1; 04109 Leipzig; Germany",
        "OPERATOR_PHONE": "+49 341 123456",
        "DATA_PROCESSORS": "A hoster, Leipzig (servers)",
    }
    given = {name: facts.get("value") or typed_in[name] for name, facts in described.items()}
    from_addons = {"DATABASE_URL": "postgres://a@b/c", "REDIS_URL": "rediss://:x@b:1"}
    settings = load(given | from_addons)
    assert settings.is_production
    assert {name.lower() for name in given} <= set(Settings.model_fields)


def read(name: str) -> str:
    return (ROOT / name).read_text()
