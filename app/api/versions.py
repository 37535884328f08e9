"""Which version of an answer a client has: ETag, If-None-Match and If-Match (RFC 9110).

The ETag names the whole answer, so that whatever a client could see of it makes it another one.
"""

import hashlib

from flask import Response, request
from flask_babel import gettext as _
from pydantic import BaseModel
from werkzeug.datastructures import ETags

from app.errors import Refusal


class VersionMissing(Refusal):
    """A change has to name the version it applies to, in If-Match."""

    status = 428


class VersionStale(Refusal):
    """It has changed since: the version in If-Match is not the present one."""

    status = 412


def unless_known(response: Response) -> Response:
    """The answer with its ETag, or a 304 to a client that has it already."""
    named(response)
    known = request.if_none_match
    if response.status_code == 200 and (known.star_tag or _names(known, response.get_data())):
        response.set_data(b"")
        response.status_code = 304
    return response


def named(response: Response) -> Response:
    """The answer with its ETag."""
    response.set_etag(_tag(response.get_data()))
    return response


def require() -> None:
    """VersionMissing unless the request says which version it applies to."""
    if not request.headers.get("If-Match"):
        raise VersionMissing(
            _("Say which version you change: send its ETag in the header If-Match.")
        )


def refuse_if_stale(present: BaseModel) -> None:
    """VersionStale if an If-Match came that does not name what a GET would answer now.

    Called inside the transaction that changes it, so that nothing comes in between.
    """
    if not request.headers.get("If-Match"):
        return
    wanted = request.if_match
    if not wanted.star_tag and not _names(wanted, present.model_dump_json(by_alias=True).encode()):
        raise VersionStale(_("This has changed meanwhile. Get it again, and decide anew."))


def _tag(answer: bytes) -> str:
    return hashlib.sha256(answer).hexdigest()[:32]


def _names(tags: ETags, answer: bytes) -> bool:
    # A compressed answer has the way it is compressed behind its tag: "1a2b:gzip".
    given = (each for each in tags.as_set(include_weak=True) if each)
    return _tag(answer) in {each.partition(":")[0] for each in given}
