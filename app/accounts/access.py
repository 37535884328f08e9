"""Who may: every route says it, with one of the decorators here. None declared stops the start."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, abort, request, url_for
from flask_login import current_user

from app.web.pages import go_to

View = TypeVar("View", bound=Callable[..., Any])


def anyone(view: View) -> View:
    """Open to the world."""
    return _declare(view, "anyone")


def signed_in(view: View) -> View:
    """For accounts. Others are sent to sign in, and come back afterwards."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not current_user.is_authenticated:
            return go_to(url_for("accounts.sign_in", next=_where_one_was()))
        return view(*args, **kwargs)

    return _declare(guarded, "signed_in")  # type: ignore[return-value]


def admin_only(view: View) -> View:
    """For operators. To everybody else it does not exist."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not (current_user.is_authenticated and current_user.is_admin):
            abort(404)
        return view(*args, **kwargs)

    return _declare(guarded, "admin_only")  # type: ignore[return-value]


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


def _where_one_was() -> str:
    """The page to come back to: for a form, the page it stands on."""
    if request.method == "GET" and not request.headers.get("HX-Request"):
        return request.full_path.rstrip("?")
    return "/"
