"""Refusals the domain can give. `app.web.refusals` turns each kind into an answer."""

from collections.abc import Mapping
from typing import Any

RETRY_SOON = {"Retry-After": "2"}


class Refusal(Exception):
    """Something the user may not do right now. The message is shown to them.

    `field` names the form field it is about, if there is one. `headers` go with the answer, and
    `members` are what programs are told beside the message.
    Programs tell the kinds apart by the names of the classes, which therefore never change.
    """

    status = 400
    field: str | None = None
    headers: Mapping[str, str] = {}
    members: Mapping[str, Any] = {}


class Invalid(Refusal):
    """A value that cannot be right."""

    status = 422

    def __init__(self, message: str, field: str | None = None):
        super().__init__(message)
        self.field = field


class Conflict(Refusal):
    """The world changed under the user's hands: someone was faster."""

    status = 409


class Forbidden(Refusal):
    """Not theirs to do, whoever they are faster than."""

    status = 403


class Unavailable(Refusal):
    """Something we depend on does not answer. Trying again later helps."""

    status = 503
    headers = RETRY_SOON
