"""Static files, kept by browsers for a year: their address changes with their content."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, request

FOR_EVER = "public, max-age=31536000, immutable"
# Named with their version by hand (static/vendor/README.md), and named so in the style sheet too.
NAMED_FOR_GOOD = "vendor/"


def init_app(app: Flask) -> None:
    app.url_defaults(_add_version)
    app.after_request(_keep)


def _add_version(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == "static" and (version := _version(values.get("filename", ""))):
        values.setdefault("v", version)


def _keep(response: Response) -> Response:
    if request.endpoint == "static" and response.status_code in (200, 206, 304):
        filename = (request.view_args or {})["filename"]
        # An old process must not pass off its old file as the new one while a release rolls out.
        is_asked_for = request.args.get("v") == _version(filename)
        response.headers["Cache-Control"] = FOR_EVER if is_asked_for else "no-cache"
    return response


def _version(filename: str) -> str | None:
    """A short hash of the content; None for what never changes or does not exist."""
    if filename.startswith(NAMED_FOR_GOOD):
        return None
    path = Path(current_app.static_folder or "", filename)
    try:
        return _hash(path, path.stat().st_mtime_ns)
    except OSError:
        return None


@lru_cache
def _hash(path: Path, _changed_at: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
