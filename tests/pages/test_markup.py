"""The HTML of each page and fragment is correct."""

import json
import re
import subprocess
import sysconfig
from pathlib import Path

import pytest

from app.config import ROOT
from tests.pages.every_page import FRAGMENTS, PAGES

pytestmark = pytest.mark.browser

TOOLS = ROOT / "tests/tools"
WRONG = {
    "element-permitted-content": "<span><p>a paragraph inside of a line</p></span>",
    "no-dup-id": '<div id="a"></div><div id="a"></div>',
    "close-order": "<main><div></main>",
    "no-inline-style": '<p style="color: red">red</p>',
}


def test_the_markup_of_each_page_is_valid(client, tmp_path):
    for page in PAGES + FRAGMENTS:
        (tmp_path / f"{re.sub(r'[, ]+', '-', page.name)}.html").write_text(client.ask(page).text)
    assert complaints(tmp_path) == []


def test_wrong_markup_is_noticed(tmp_path):
    for number, markup in enumerate(WRONG.values()):
        (tmp_path / f"{number}.html").write_text(markup)
    found = "\n".join(complaints(tmp_path))
    assert [rule for rule in WRONG if f" {rule}: " not in found] == []


def complaints(folder: Path) -> list[str]:
    """What html-validate says about the files in the folder, as "file:line rule: why"."""
    node = Path(sysconfig.get_path("scripts"), "node")
    script = TOOLS / "node_modules/html-validate/bin/html-validate.mjs"
    config = TOOLS / "htmlvalidate.config.mjs"
    # Into a file: of what goes through a pipe it leaves out the end when it exits.
    found = folder / "found.json"
    asked = [node, script, "--config", config, "--formatter", f"json={found}", folder]
    answer = subprocess.run(asked, capture_output=True, text=True, timeout=100)
    assert found.exists(), answer.stderr
    return [
        f"{Path(file['filePath']).name}:{message['line']} {message['ruleId']}: {message['message']}"
        for file in json.loads(found.read_text())
        for message in file["messages"]
    ]
