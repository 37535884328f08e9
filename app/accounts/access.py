"""Who may: every route says it, with one of the decorators here. None declared stops the start."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast, overload

from flask import Flask, g, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.accounts import tokens
from app.accounts.models import User
from app.api import callers
from app.web import search_engines
from app.web.next_url import page_before, safe_next
from app.web.pages import go_to, wants_fragment

View = TypeVar("View", bound=Callable[..., Any])


def anyone(view: View) -> View:
    """Open to the world."""
    return _declare(view, "anyone")


@overload
def signed_in(view: View) -> View: ...
@overload
def signed_in(*, back_to: Callable[..., str]) -> Callable[[View], View]: ...
def signed_in(view: Any = None, *, back_to: Callable[..., str] | None = None) -> Any:
    """For accounts, and for no search engine. Others are sent to sign in, and come back afterwards.

    They come back to this page, or for a form to the page it stands on. Where what they
    entered should be kept, `back_to` names the address. It is given what the route is given:

        @signed_in(back_to=lambda listing_id: f"/listings/{listing_id}?quantity=...")
    """

    def guard(view: Any) -> Any:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            search_engines.leave_out()
            if not current_user.is_authenticated:
                back = back_to(**kwargs) if back_to else _where_one_was()
                return go_to(url_for("accounts.sign_in", next=safe_next(back)))
            return view(*args, **kwargs)

        return _declare(guarded, "signed_in")

    return guard(view) if view else guard


def bearer(view: View) -> View:
    """For programs that send an access token. The view asks `caller()` who that is."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not _note_caller():
            raise tokens.Unauthenticated(
                _("Send an access token, in the header Authorization: Bearer ….")
            )
        return view(*args, **kwargs)

    return cast(View, _declare(guarded, "bearer"))


def anyone_or_bearer(view: View) -> View:
    """Open to programs without a token, too. One that is sent must be good."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        _note_caller()
        return view(*args, **kwargs)

    return cast(View, _declare(guarded, "anyone"))


def caller() -> User:
    """Whose token came with the request."""
    return cast(User, g.caller)


def caller_session() -> str:
    """The session that the token belongs to."""
    return cast(str, g.caller_session)


def check_every_route_is_declared(app: Flask) -> None:
    """RuntimeError if a route forgot to say who may. Static files are for anyone."""
    silent = sorted(
        endpoint
        for endpoint, view in app.view_functions.items()
        if endpoint != "static" and not hasattr(view, "declared_access")
    )
    if silent:
        raise RuntimeError(f"these routes do not say who may: {', '.join(silent)}")


def _declare(view: View, access: str) -> View:
    view.declared_access = access  # type: ignore[attr-defined]
    return view


def _note_caller() -> bool:
    """Whether a token came. Unauthenticated if it is of no use."""
    sent = request.headers.get("Authorization")
    if sent is None:
        return False
    scheme, _space, token = sent.partition(" ")
    if scheme.lower() != "bearer":
        raise tokens.Unauthenticated(_("Send an access token: Authorization: Bearer …."))
    g.caller, g.caller_session = tokens.holder(token.strip())
    callers.note_caller(g.caller.id)
    return True


def _where_one_was() -> str | None:
    if request.method == "GET" and not wants_fragment():
        return request.full_path.rstrip("?")
    return page_before()
