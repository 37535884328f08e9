"""What every answer tells the browser: what it may load, and what it may keep."""

from urllib.parse import urlsplit

from flask import Flask, Response, request, session

from app.config import Settings
from app.web.pages import wants_fragment
from app.web.security import UNSAFE_METHODS

CHECKOUT = "https://checkout.stripe.com"
# Where Flask-Login looks for what names the visitor.
SIGNED_IN_KEY = "_user_id"
VARIES_WITH = ("Cookie", "Accept-Language", "HX-Request")


def init_app(app: Flask, settings: Settings) -> None:
    always = _for_every_answer(settings)

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers.update(always)
        # What everybody may keep varies with nothing, and who made it said for how long.
        if request.endpoint != "static" and not response.cache_control.public:
            response.vary.update(VARIES_WITH)
            if "Cache-Control" not in response.headers:
                response.headers["Cache-Control"] = _how_long_to_keep(response)
        return response


def keep_for_everybody(response: Response, seconds: int) -> Response:
    """Browsers and caches between may keep it for so long. It must be the same for everybody."""
    response.cache_control.public = True
    response.cache_control.max_age = seconds
    return response


def content_security_policy(settings: Settings) -> str:
    """Everything from here and nothing inline. Forms may end at the payment page."""
    forms = ["'self'", CHECKOUT, *_simulator_origins(settings)]
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            f"form-action {' '.join(forms)}",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "manifest-src 'self'",
        )
    )


def _for_every_answer(settings: Settings) -> dict[str, str]:
    headers = {
        "Content-Security-Policy": content_security_policy(settings),
        "X-Content-Type-Options": "nosniff",
        # Other sites learn nothing; to ourselves it says where to come back to after signing in.
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    }
    if settings.is_production:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return headers


def _simulator_origins(settings: Settings) -> list[str]:
    """The simulator's API has one address; the page it sends people to may have the other."""
    if not settings.stripe_api_base:
        return []
    base = urlsplit(settings.stripe_api_base)
    names = {base.hostname, "localhost", "127.0.0.1"}
    port = f":{base.port}" if base.port else ""
    return sorted(f"{base.scheme}://{name}{port}" for name in names)


def _how_long_to_keep(response: Response) -> str:
    """Nothing personal stays in a browser that others may use next. A view may decide otherwise.

    Nor do fragments: what htmx asks for at one address depends on where it is put.
    """
    is_personal = SIGNED_IN_KEY in session or request.method in UNSAFE_METHODS
    if is_personal or wants_fragment() or response.status_code >= 400:
        return "no-store"
    return "private, no-cache"  # carries the visitor's own CSRF token
