"""What programs read first: the OpenAPI document of the JSON API."""

from typing import Any

from flask import Blueprint, Flask, Response, current_app, json, request
from flask.typing import ResponseReturnValue

from app.accounts.access import anyone
from app.api import PREFIX, document
from app.config import settings

bp = Blueprint("api_document", __name__)

VERSION = "1"
DESCRIPTION = """\
Everything a person can do on the pages a program can do here.
"""


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)


@bp.get(f"{PREFIX}/openapi.json")
@anyone
def openapi() -> ResponseReturnValue:
    """The OpenAPI 3.1 document."""
    answer = Response(json.dumps(_document()), mimetype="application/json")
    answer.add_etag()
    return answer.make_conditional(request)


def _document() -> dict[str, Any]:
    made = current_app.extensions.get("api_document")
    if made is None:
        made = current_app.extensions["api_document"] = document.document(
            current_app,
            title="ticketbay",
            version=VERSION,
            description=DESCRIPTION,
            url=settings().public_url,
        )
    return made
