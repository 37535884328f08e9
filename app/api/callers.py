"""Who is calling. Noted by whoever checks the token, asked by what lies below accounts."""

from flask import g


def note_caller(user_id: int) -> None:
    """The request is that of this user."""
    g.caller_id = user_id


def caller_id() -> int | None:
    """The user whose token came with the request, if one did."""
    return g.get("caller_id")
