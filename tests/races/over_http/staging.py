"""The site's processes, staged for a race by what the test says in their environment."""

import os

from sqlalchemy import Engine, event

from tests.races import guards


def stage() -> None:
    """Linger for LINGER_SECONDS where it matters, with the guards named in GUARDS_OFF off."""
    guards.linger(setattr, float(os.environ["LINGER_SECONDS"]))
    names = os.environ["GUARDS_OFF"].split()
    for name in names:
        getattr(guards, f"{name}_off")(setattr)
    if "locks" in names and os.environ["DATABASE_URL"].startswith("sqlite"):
        event.listen(Engine, "before_cursor_execute", guards.begin_off, retval=True)
