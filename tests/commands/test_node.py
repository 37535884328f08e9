"""When the tools that run on Node are installed, and that nobody is told from where."""

import shutil
import subprocess
from pathlib import Path

import pytest

from app.config import ROOT

BASH = shutil.which("bash")
LOCKS = sorted(path for path in ROOT.rglob("package-lock.json") if "node_modules" not in path.parts)


@pytest.fixture
def prepare(tmp_path: Path):
    """Prepares the tools of `tools/` with an npm that does as it is told: `prepare("exit 1")`."""
    shutil.copytree(ROOT / "bin", tmp_path / "bin")
    npm, tools = tmp_path / ".venv/bin/npm", tmp_path / "tools"
    for path in (npm, tools / "package-lock.json"):
        path.parent.mkdir(parents=True)
    (tools / "package-lock.json").write_text("{}")

    def run(told: str) -> subprocess.CompletedProcess[str]:
        npm.write_text(f"#!{BASH}\n{told}\n")
        npm.chmod(0o755)
        words = ". bin/lib/node.sh; prepare_node_tools tools"
        return subprocess.run(
            [BASH, "-c", words], cwd=tmp_path, capture_output=True, text=True, timeout=20
        )

    return run


def test_tools_are_installed_when_the_lock_file_is_new_and_not_again(prepare, tmp_path):
    installs = "mkdir -p tools/node_modules"
    assert "installing the tools of tools" in prepare(installs).stdout
    nothing = prepare("exit 1")
    assert (nothing.returncode, nothing.stdout, nothing.stderr) == (0, "", "")
    (tmp_path / "tools/package-lock.json").write_text('{"changed": true}')
    assert "installing the tools of tools" in prepare(installs).stdout


def test_where_they_cannot_be_installed_a_sentence_says_so(prepare):
    for _ in range(2):
        failed = prepare("exit 1")
        assert failed.returncode == 1
        assert "The tools of tools could not be installed" in failed.stderr


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_lock_file_names_no_registry(lock: Path):
    assert '"resolved"' not in lock.read_text()
