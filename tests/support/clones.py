"""A clone of the project in a folder of its own, whose commands can be run as a stranger would."""

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from app.config import ROOT

NOT_CLONED = shutil.ignore_patterns(
    ".git", ".venv", "var", "__pycache__", ".*_cache", ".hypothesis", "node_modules"
)


def make_clone(folder: Path) -> Path:
    """The project as it is now, with a .venv that borrows the packages of this one."""
    shutil.copytree(ROOT, folder, ignore=NOT_CLONED)
    venv = folder / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    packages = sysconfig.get_path("purelib", vars={"base": str(venv), "platbase": str(venv)})
    Path(packages, "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    for tool in ("flask", "gunicorn", "honcho"):
        _script(venv / "bin" / tool, f'exec "{venv}/bin/python" -m {tool} "$@"')
    shutil.copy(folder / "requirements.txt", venv / "installed-requirements.txt")
    return folder


def _script(path: Path, line: str) -> None:
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)
