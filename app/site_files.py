"""What browsers and search engines ask of a site by name: robots.txt, the manifest, the icon."""

from flask import Blueprint, Flask, Response, current_app, jsonify, send_from_directory, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.access import anyone
from app.web.headers import keep_for_everybody
from app.web.languages import language
from app.web.search_engines import public_url

bp = Blueprint("site_files", __name__)

A_DAY = 24 * 3600
# Pages of signed-in people, answers for htmx, and forms that every page links to anew.
NOT_FOR_ROBOTS = (
    "accounts.account",
    "orders.index",
    "orders.selling",
    "listings.sell",
    "listings.cities",
)
NOT_WITH_WAY_BACK = ("accounts.sign_in", "accounts.sign_up")


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)


@bp.get("/robots.txt")
@anyone
def robots() -> ResponseReturnValue:
    """Where there is nothing to find, and where the list of all pages is."""
    closed = [url_for(endpoint) for endpoint in NOT_FOR_ROBOTS]
    closed += [url_for(endpoint, next="") for endpoint in NOT_WITH_WAY_BACK]
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in closed),
        f"Sitemap: {public_url(url_for('sitemap.index'))}",
    ]
    return keep_for_everybody(Response("\n".join(lines) + "\n", mimetype="text/plain"), A_DAY)


@bp.get("/manifest.webmanifest")
@anyone
def manifest() -> ResponseReturnValue:
    """What a phone needs to put the site among its apps. Its address names the language."""
    answer = jsonify(
        id="/",
        name="ticketbay",
        short_name="ticketbay",
        description=_("Tickets from fans to fans"),
        lang=language(),
        start_url="/",
        scope="/",
        display="minimal-ui",  # with a way back, which a page for paying needs
        background_color="#fcfaf5",
        theme_color="#fcfaf5",
        icons=[
            _icon("icon-192.png", "192x192"),
            _icon("icon-512.png", "512x512"),
            _icon("icon-512.png", "512x512", "maskable"),
            _icon("icon.svg", "any"),
        ],
    )
    answer.mimetype = "application/manifest+json"
    return answer


@bp.get("/favicon.ico")
@anyone
def favicon() -> ResponseReturnValue:
    """For programs that do not read which icon a page names."""
    icon = send_from_directory(current_app.static_folder or "", "img/favicon.ico", max_age=A_DAY)
    return keep_for_everybody(icon, A_DAY)


def _icon(filename: str, sizes: str, purpose: str = "any") -> dict[str, str]:
    kind = "image/svg+xml" if filename.endswith(".svg") else "image/png"
    src = url_for("static", filename=f"img/{filename}")
    return {"src": src, "sizes": sizes, "type": kind, "purpose": purpose}
