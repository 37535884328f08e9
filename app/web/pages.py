"""One answer for two kinds of browsers: htmx gets a fragment, the rest a page."""

from typing import Any

from flask import Response, abort, after_this_request, redirect, render_template
from flask.typing import ResponseReturnValue
from htmx_flask import make_response, request


def wants_fragment() -> bool:
    """Whether htmx asks for a part of the page. Going back in history asks for all of it."""
    return bool(request.htmx) and not request.htmx.history_restore_request


def wants_more_rows() -> bool:
    """Whether htmx asks for the rows that follow in a list, by the link of the macro `more`."""
    return wants_fragment() and "after" in request.args


def replaces(element_id: str) -> bool:
    """Whether htmx will put the answer in the place of this element, and not of one inside it."""
    return wants_fragment() and (request.htmx.target or "").endswith(f"#{element_id}")


def came_from(element_id: str) -> bool:
    """Whether htmx asks because of this element."""
    return wants_fragment() and request.headers.get("HX-Source", "").endswith(f"#{element_id}")


def fragment_or_redirect(fragment: str, url: str, **context: Any) -> ResponseReturnValue:
    """After a successful change: swap in the fragment, or see the page (303)."""
    if wants_fragment():
        return render_template(fragment, **context)
    return redirect(url, code=303)


def fragment_or_page(
    fragment: str, page: str, /, *, status: int = 200, **context: Any
) -> ResponseReturnValue:
    """The same content alone for htmx, inside its page for everyone else."""
    return render_template(fragment if wants_fragment() else page, **context), status


def leave_out_empty_fields(url: str) -> None:
    """Keep the address of a search readable: `url` is the one without what was left empty.

    A browser that sent the empty fields of a form goes there. htmx, which searches while
    one types, goes nowhere: its answer tells it what to show in the address bar.
    """
    if all(value.strip() for value in request.args.values()):
        return
    if not wants_fragment():
        abort(redirect(url))

    @after_this_request
    def show_address(answer: Response) -> Response:
        answer.headers["HX-Replace-Url"] = url
        return answer


def go_to(url: str) -> ResponseReturnValue:
    """Send the browser to another page, also to another site, which htmx cannot follow."""
    if wants_fragment():
        return make_response("", 204, redirect=url)
    return redirect(url, code=303)
