"""docs/api.md does what it says, command by command, on a whole site."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from app.config import ROOT
from tests.journeys.steps import GOOD, submit
from tests.support.commands import clean_environ
from tests.support.processes import until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

DOCUMENT = ROOT / "docs" / "api.md"
HERE = "http://localhost:8000"
# By then the buyer has to go to Stripe's page.
PAYS_AFTER = "checkout.json"
DONE = "--- done ---"


class Shell:
    """A shell that goes on from one block of the document to the next, and stops at a failure."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.process = subprocess.Popen(
            ["bash", "-e", "-u", "-o", "pipefail"],
            cwd=folder,
            env=clean_environ(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, block: str) -> str:
        """What the block's commands print."""
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin
        assert stdout
        # An answer has no newline at its end.
        stdin.write(f"{block}\nprintf '\\n%s\\n' '{DONE}'\n")
        stdin.flush()
        printed = ""
        for line in stdout:
            if line.strip() == DONE:
                return printed
            printed += line
        raise AssertionError(f"this failed:\n{block}\n{printed}")

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def shell(tmp_path):
    shell = Shell(tmp_path)
    yield shell
    shell.end()


def test_the_quickstart_works_as_it_is_written(site, shell, visitor, tmp_path):
    blocks = re.findall(r"^```sh\n(.*?)^```", DOCUMENT.read_text(), re.DOTALL | re.MULTILINE)
    blocks[0] = blocks[0].replace(HERE, site.url)
    pays_after = next(number for number, block in enumerate(blocks) if PAYS_AFTER in block) + 1
    printed = [shell.run(block) for block in blocks[:pays_after]]
    assert "/api/docs#problem-" in printed[-2]

    buyer = visitor("Somebody", to=site)
    buyer.page.goto(printed[-1].strip())
    submit(buyer, GOOD)
    buyer.page.wait_for_url(re.compile("/orders/"))
    order, status = blocks[pays_after].split("\n", 1)
    assert until(lambda: "completed" in shell.run(f"{order}\n{status}"), seconds=20)
    for block in blocks[pays_after + 1 :]:
        shell.run(block)
    assert json.loads((tmp_path / "listing.json").read_text())["available"] == 4
    assert json.loads((tmp_path / "order.json").read_text())["total_cents"] == 2 * (3950 + 198)


def test_a_command_that_fails_is_noticed(shell):
    with pytest.raises(AssertionError, match="no such file"):
        shell.run("cat no-such-file 2>&1 | tr A-Z a-z; false")
