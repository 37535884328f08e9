"""Which language a page speaks, and how a visitor chooses another.

`?lang=` in the address wins, then what was chosen in the footer, then what the browser asks for.
No account is asked, because the page that says "the database is away" speaks a language too; who
signs in with a language of their own gets it with the cookie.

Texts are written in English where they are shown, inside `_("...")`; translations/ has the others.
"""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from flask import Flask, Response, after_this_request, g, has_request_context, request
from flask_babel import Babel, get_locale, refresh

from app.config import ROOT, Settings, settings

# The first is the one the texts are written in.
LANGUAGES = {"en": "English", "de": "Deutsch"}
# Whose spelling and dates they are.
TERRITORIES = {"en": "en_GB", "de": "de_DE"}
DEFAULT = next(iter(LANGUAGES))
ARGUMENT = "lang"
COOKIE = "language"
COOKIE_SECONDS = 365 * 86400


def init_app(app: Flask, settings: Settings) -> None:
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(ROOT / "translations")
    Babel(app, default_locale=DEFAULT, locale_selector=_wanted)
    app.jinja_env.globals.update(
        language=language,
        languages=LANGUAGES,
    )
    app.after_request(_keep_what_the_address_says)


def language() -> str:
    """The language of this answer: `en` or `de`. Outside of requests the first of LANGUAGES."""
    locale = get_locale()
    return locale.language if locale else DEFAULT


def choose(code: str | None) -> None:
    """From now on this browser, this answer included, gets that language. None changes nothing."""
    if code not in LANGUAGES:
        return
    g.chosen_language = code
    refresh()

    @after_this_request
    def remember(response: Response) -> Response:
        _set_cookie(response, code, max_age=COOKIE_SECONDS)
        return response


def without_language(url: str) -> str:
    """The address of a page of ours, without the language that it may name."""
    parts = urlsplit(url)
    arguments = [pair for pair in parse_qsl(parts.query) if pair[0] != ARGUMENT]
    return urlunsplit(parts._replace(query=urlencode(arguments)))


def _wanted() -> str:
    if not has_request_context():
        return DEFAULT
    named = request.args.get(ARGUMENT), g.get("chosen_language"), request.cookies.get(COOKIE)
    for code in named:
        if code in LANGUAGES:
            return code
    # Not the library's best match, to which Swiss German is worse than any English.
    asked_for = (
        tag.partition("-")[0].lower() for tag, quality in request.accept_languages if quality
    )
    return next((code for code in asked_for if code in LANGUAGES), DEFAULT)


def _keep_what_the_address_says(response: Response) -> Response:
    """Who followed a link to the German page reads on in German, until the browser is closed.

    Files, such as the picture in a link preview, are alike for everybody and set no cookie.
    """
    code = request.args.get(ARGUMENT)
    is_page = response.mimetype == "text/html"
    if is_page and code in LANGUAGES and code != request.cookies.get(COOKIE):
        _set_cookie(response, code, max_age=None)
    return response


def _set_cookie(response: Response, code: str, max_age: int | None) -> None:
    response.set_cookie(
        COOKIE,
        code,
        max_age=max_age,
        httponly=True,
        samesite="Lax",
        secure=settings().public_url.startswith("https://"),
    )
