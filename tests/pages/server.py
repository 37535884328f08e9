"""Serves the marketplaces of states.py, each on a port of its own, until its input ends.

    python -m tests.pages.server FOLDER

What it prints is one line, for site.py to read. It is a process of its own because time stands
still in it, and so that it answers while a test waits.
"""

import json
import sys
import threading
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, g, has_app_context
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from werkzeug.serving import make_server

from app import create_app
from app.accounts.access import anyone
from app.accounts.models import User
from app.db import db
from bin.devserver import ports
from tests.pages.marketplace import Marketplace
from tests.pages.states import FILL, SETTINGS
from tests.support.databases import SQLite
from tests.support.settings import settings_for
from tests.support.signing_in import sign_in_as

STATEMENTS = "X-Statements"  # how many an answer has taken


def main() -> None:
    databases = SQLite(Path(sys.argv[1]))
    sites = {name: _open(name, databases.fresh()) for name in FILL}
    print(json.dumps(sites), flush=True)
    sys.stdin.read()


def _open(name: str, database_url: str) -> dict[str, Any]:
    """Fill a marketplace and serve it. Where it is, and what is in it."""
    port = ports.any_free()
    environ = {"PORT": str(port), "RATELIMIT_ENABLED": "false", "LOG_LEVEL": "ERROR"}
    app = create_app(settings_for(database_url, **environ, **SETTINGS[name]))
    market = Marketplace()
    with app.app_context():
        FILL[name](market)
        cookies = {who: _cookie(app, id) for who, id in market.people.items()}
        _count_statements(app)
    _answer_on_demand(app)
    server = make_server("127.0.0.1", port, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return {
        "url": f"http://localhost:{port}",
        "names": market.names,
        "cookie_name": app.config["SESSION_COOKIE_NAME"],
        "cookies": cookies,
    }


def _cookie(app: Flask, user_id: int) -> str:
    """With which somebody is signed in."""
    client = sign_in_as(app, db.session.get_one(User, user_id))
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie
    return cookie.value


def _count_statements(app: Flask) -> None:
    @sqlalchemy_event.listens_for(db.engine, "before_cursor_execute")
    def count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if has_app_context() and not statement.startswith("BEGIN"):
            g.statements = g.get("statements", 0) + 1

    @app.after_request
    def tell(response: Response) -> Response:
        response.headers[STATEMENTS] = str(g.get("statements", 0))
        return response


def _answer_on_demand(app: Flask) -> None:
    """Addresses for errors that no request can bring about, and for a page that asks too much."""

    @app.get("/fail/<int:status>")
    @anyone
    def fail(status: int) -> None:
        if status == 500:
            raise RuntimeError("as a test wants it")
        if status == 503:
            raise OperationalError("SELECT 1", {}, Exception("as a test wants it"))
        abort(status)

    @app.get("/ask/<int:times>")
    @anyone
    def ask(times: int) -> str:
        for _ in range(times):
            db.session.execute(text("SELECT 1"))
        return ""


if __name__ == "__main__":
    main()
