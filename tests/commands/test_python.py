"""Which Python the commands take, and what they say when there is none."""

import shutil
import subprocess
from pathlib import Path

import pytest

from app.config import ROOT

BASH = shutil.which("bash")


@pytest.fixture
def machine(tmp_path: Path):
    """A clone without .venv on a machine that has only these Pythons."""
    project, tools = tmp_path / "project", tmp_path / "tools"
    shutil.copytree(ROOT / "bin", project / "bin")
    shutil.copy(ROOT / "requirements.txt", project)
    tools.mkdir()
    for name in ("dirname", "cmp", "cp", "rm"):
        (tools / name).symlink_to(shutil.which(name))

    def has(**pythons: str) -> subprocess.CompletedProcess[str]:
        for name, body in pythons.items():
            path = tools / name
            path.write_text(f"#!{BASH}\n{body}\n")
            path.chmod(0o755)
        return subprocess.run(
            [BASH, project / "bin/dev"], env={"PATH": str(tools)}, capture_output=True, text=True
        )

    return has


def python(version: str, *, modern: bool, venv: bool) -> str:
    """A stand-in for an interpreter, which answers what bin/lib/python.sh asks."""
    return f"""
    case "$*" in
      --version) echo "Python {version}" ;;
      *version_info*) exit {0 if modern else 1} ;;
      *ensurepip*) exit {0 if venv else 1} ;;
    esac"""


def test_no_python_gets_one_sentence(machine):
    result = machine()
    assert result.returncode == 1
    assert result.stderr == (
        "ticketbay needs Python 3.11 or newer, but found no Python: install one, or name one as in "
        "PYTHON=/path/to/python3.13.\n"
    )


def test_an_old_python_gets_one_sentence(machine):
    result = machine(python3=python("3.9.2", modern=False, venv=True))
    assert result.returncode == 1
    assert "but found Python 3.9.2: install one" in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_python_without_venv_gets_one_sentence(machine):
    result = machine(python3=python("3.11.2", modern=True, venv=False))
    assert result.returncode == 1
    assert result.stderr == (
        "Python 3.11.2 here lacks venv: install it, on Debian and Ubuntu with "
        '"apt install python3-venv", and run this again.\n'
    )


def test_a_newer_python_is_found_beside_an_old_one(machine):
    result = machine(
        python3=python("3.9.2", modern=False, venv=True),
        **{"python3.12": python("3.12.1", modern=True, venv=True)},
    )
    assert "making .venv with Python 3.12.1" in result.stdout
