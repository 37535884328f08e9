"""Fragments that ask for themselves, and mostly hear that nothing has changed.

Such a fragment carries the version that it shows, and sends it along when it asks again. If that
is still the one, the answer is a 304, before anything is rendered. The browser's cache has no
part in it: what is made for somebody who is signed in is kept nowhere.
"""

import hashlib
from collections.abc import Callable

from flask import Response, make_response, request, session
from flask.typing import ResponseReturnValue

from app.web.headers import SIGNED_IN_KEY
from app.web.languages import language
from app.web.pages import wants_fragment


def version_of(*facts: object) -> str:
    """Names what a fragment shows: these facts, in this language, to this visitor."""
    seen = (*facts, language(), session.get(SIGNED_IN_KEY))
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:20]


def unless_known(version: str, answer: Callable[[], ResponseReturnValue]) -> ResponseReturnValue:
    """What `answer` gives, or a 304 to a fragment that shows this version already.

    Only fragments are named by it. A page of the same address is another text, and a browser
    that kept one of them must not be told that it has the other.
    """
    if request.method != "GET" or not wants_fragment():
        return answer()
    is_known = request.if_none_match.contains(version)
    response = Response(status=304) if is_known else make_response(answer())
    response.set_etag(version)
    return response
