"""Imports go down, domain events go up. A package may import only what stands below it."""

import ast
from collections.abc import Iterator
from pathlib import Path

from app.config import ROOT

TOP_TO_BOTTOM = [
    # Composition: sees everything.
    {
        *("app", "cli", "health", "invariants"),
        *("api_document", "reactions", "schedule", "site_files", "sitemap", "styleguide"),
    },
    {"admin", "notifications", "integrations", "legal"},
    {"payouts"},
    {"delivery"},
    {"payments"},
    {"orders"},
    {"listings"},
    {"catalog"},
    {"accounts"},
    {"outbox", "api"},
    {"jobs", "web", "heartbeat", "claims"},
    {
        *("config", "clock", "db", "errors", "money", "visible", "parents"),
        *("postgresql", "redis_options"),
    },
]
LEVEL = {name: level for level, names in enumerate(TOP_TO_BOTTOM) for name in names}

# Inside a feature: what a request or a job enters by, what it does, what that is done to.
ENTRANCES = {"__init__", "routes", "api", "jobs", "reactions", "commands"}
FOUNDATIONS = {"models", "domain_events"}


def modules(folder: str) -> Iterator[tuple[Path, str]]:
    """Each file of ours below the folder, and its dotted name."""
    for path in sorted((ROOT / folder).rglob("*.py")):
        yield path, ".".join(path.relative_to(ROOT).with_suffix("").parts)


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Every module that the file imports, and whether a function hides it."""
    tree = ast.parse(path.read_text())
    inside_functions = {
        inner
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(function)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative imports do not say where a module stands"
            # `from app import clock` imports app.clock; `from app.db import db` imports app.db.
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield (whole if is_module(whole) else node.module), node in inside_functions
        elif isinstance(node, ast.Import):
            yield from ((alias.name, node in inside_functions) for alias in node.names)


def is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


def package_of(module: str) -> str:
    """`listings` for app.listings.models, `app` for app itself."""
    parts = module.removesuffix(".__init__").split(".")
    return parts[1] if len(parts) > 1 else "app"


def test_imports_go_down():
    wrong = []
    for path, name in modules("app"):
        here = package_of(name)
        for module, _ in imports(path):
            if module.split(".")[0] != "app":
                continue
            there = package_of(module)
            if there != here and not may_import(here, there):
                wrong.append(f"{path.relative_to(ROOT)}: {here} must not import {there}")
    assert not wrong, "\n".join(wrong)


def may_import(here: str, there: str) -> bool:
    """Downwards always; sideways at the very top and the very bottom only, never upwards."""
    if LEVEL[here] == LEVEL[there]:
        return LEVEL[here] in (0, len(TOP_TO_BOTTOM) - 1)
    return LEVEL[here] < LEVEL[there]


def test_every_package_has_its_place():
    assert {package_of(name) for _, name in modules("app")} <= set(LEVEL)


def test_inside_a_feature_imports_go_from_entrances_to_models():
    def level(name: str) -> int:
        last = name.rsplit(".", 1)[-1]
        if last in ENTRANCES or last.endswith("_routes"):
            return 0
        return 2 if last in FOUNDATIONS else 1

    wrong = []
    for path, name in modules("app"):
        if name.count(".") < 2:
            continue
        feature = name.rsplit(".", 1)[0]
        for module, _ in imports(path):
            inside = module.startswith(f"{feature}.")
            if inside and level(module) < level(name):
                wrong.append(f"{path.relative_to(ROOT)} must not import {module}")
    assert not wrong, "\n".join(wrong)


def test_no_import_hides_in_a_function():
    wrong = [
        f"{path.relative_to(ROOT)}: the import of {module} hides in a function"
        for folder in ("app", "bin", "stripe_simulator")
        for path, _ in modules(folder)
        for module, hidden in imports(path)
        if hidden
    ]
    assert not wrong, "\n".join(wrong)


def test_only_the_gateway_imports_stripe():
    importers = {
        name
        for path, name in modules("app")
        for module, _ in imports(path)
        if module.split(".")[0] == "stripe"
    }
    assert importers == {"app.payments.gateway"}


def test_only_one_client_asks_addresses_that_users_have_named():
    by_hand = {"http", "httpx", "requests", "socket", "ssl", "urllib3", "urllib.request"}
    importers = {
        name
        for path, name in modules("app")
        for module, _ in imports(path)
        if module in by_hand or module.split(".")[0] in by_hand
    }
    assert importers == {"app.integrations.outgoing"}


def test_the_product_and_the_simulator_do_not_know_each_other():
    wrong = [
        f"{name} imports {module}"
        for mine, other in (("app", "stripe_simulator"), ("stripe_simulator", "app"))
        for path, name in modules(mine)
        for module, _ in imports(path)
        if module.split(".")[0] == other
    ]
    assert not wrong, "\n".join(wrong)


def test_no_module_collects_everything():
    names = {path.stem for path, _ in modules("app")}
    assert not names & {"service", "services", "utils", "helpers", "common", "misc"}
