"""Who may talk to us, and from where: hosts, proxies, cookies, CSRF and the Origin."""

import re
from datetime import timedelta
from typing import Any

from flask import Flask, abort, current_app, request
from flask_babel import gettext as _
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from app.config import Settings, settings

MOST_BYTES = 1024 * 1024
SIGNED_IN_FOR = timedelta(days=30)
UNSAFE_METHODS = ("POST", "PUT", "PATCH", "DELETE")
PORT = re.compile(r":\d+$")
LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")
# A platform's probes knock at the machine and know no name; these pages need none.
NAMELESS_PATHS = ("/livez", "/readyz")


class CSRF(CSRFProtect):
    """Flask-WTF's protection. What is exempt may also be called from other sites."""

    def exempt(self, view: Any) -> Any:
        """For views or blueprints that machines call, and that therefore read no cookie."""
        view.is_for_machines = True
        return super().exempt(view)


csrf = CSRF()


def init_app(app: Flask, settings: Settings) -> None:
    is_https = settings.is_production or settings.public_url.startswith("https://")
    app.config.update(
        # The prefix makes browsers refuse the cookie from subdomains and over http. Without https
        # the port keeps two installations on one machine apart: cookies do not know of ports.
        SESSION_COOKIE_NAME="__Host-session" if is_https else f"session_{settings.port}",
        SESSION_COOKIE_SECURE=is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=SIGNED_IN_FOR,
        MAX_CONTENT_LENGTH=MOST_BYTES,
        # A token lives as long as its session, so that a page may stay open overnight.
        WTF_CSRF_TIME_LIMIT=None,
        # Our own check of the Origin does this without the Referer, which some browsers hide.
        WTF_CSRF_SSL_STRICT=False,
    )
    if settings.proxy_hops:
        # Not x_host: few routers overwrite that header, and none needs it.
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxy_hops, x_proto=settings.proxy_hops, x_host=0
        )
    app.before_request(_refuse_foreign_hosts)
    app.before_request(_refuse_other_sites)
    csrf.init_app(app)


def _refuse_foreign_hosts() -> None:
    if request.path not in NAMELESS_PATHS and not _is_our_host(request.host):
        abort(400)


def _is_our_host(host: str) -> bool:
    ours = settings()
    if host.lower() == ours.public_host.lower():
        return True
    name = PORT.sub("", host.lower())
    return not ours.is_production and name in LOCAL_HOSTS


def _refuse_other_sites() -> None:
    if request.method in UNSAFE_METHODS and _comes_from_elsewhere() and not _is_for_machines():
        abort(403, _("This form was sent from another site."))


def _comes_from_elsewhere() -> bool:
    """Judged by what browsers say by themselves. Clients that are no browsers say nothing."""
    if request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
        return True
    origin = request.headers.get("Origin")
    return origin is not None and origin.partition("://")[2] != request.host


def _is_for_machines() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    blueprint = current_app.blueprints.get(request.blueprint or "")
    return any(getattr(it, "is_for_machines", False) for it in (view, blueprint))
