"""What search engines and link previews are told about a page: its address, and whether to list it.

The address is without what only narrows, sorts or continues it. Each language has one, too.
"""

from flask import Flask, g, request, url_for

from app.config import settings
from app.web.languages import ARGUMENT, LANGUAGES, TERRITORIES


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(
        may_be_listed=may_be_listed,
        own_path=own_path,
        public_url=public_url,
        canonical_url=canonical_url,
        alternate_urls=alternate_urls,
        territories=TERRITORIES,
    )


def leave_out() -> None:
    """Search engines shall not list this answer."""
    g.is_left_out = True


def may_be_listed() -> bool:
    """Whether this page is one to be found: no refusal, no answer to a form, nobody's own."""
    return request.method in ("GET", "HEAD") and bool(request.endpoint) and "is_left_out" not in g


def own_path() -> str:
    """Where this page is, without what follows the `?`."""
    return url_for(request.endpoint or "", **(request.view_args or {}))


def public_url(path: str) -> str:
    """The whole address of a page of ours, for those who are elsewhere."""
    return f"{settings().public_url}{path}"


def canonical_url(path: str) -> str:
    """The one address of a page, with the language only if the visitor's address names it."""
    return _in_language(path, request.args.get(ARGUMENT))


def alternate_urls(path: str) -> dict[str, str]:
    """The address of a page in each language, and as `x-default` one that asks the browser."""
    return {
        **{code: _in_language(path, code) for code in LANGUAGES},
        "x-default": _in_language(path, None),
    }


def _in_language(path: str, code: str | None) -> str:
    if code not in LANGUAGES:
        return public_url(path)
    return public_url(f"{path}{'&' if '?' in path else '?'}{ARGUMENT}={code}")
