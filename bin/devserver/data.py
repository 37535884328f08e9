"""The folder var/: one bin/dev at a time, and how to forget what is in it."""

import fcntl
import os
import shutil
from pathlib import Path

from sqlalchemy import create_engine, text

LOCK = "running"


def take(var: Path) -> bool:
    """Make the folder ours until this process ends. False if another bin/dev has it."""
    var.mkdir(exist_ok=True)
    lock = os.open(var / LOCK, os.O_RDWR | os.O_CREAT)  # stays open: closing it would unlock
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def forget(var: Path) -> None:
    """Delete everything in it."""
    for path in var.iterdir():
        if path.name == LOCK:
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def nobody_signed_up(database_url: str) -> bool:
    """Whether the migrated database is still without users."""
    engine = create_engine(database_url)
    try:
        with engine.connect() as connection:
            return connection.execute(text("SELECT 1 FROM users LIMIT 1")).first() is None
    finally:
        engine.dispose()
