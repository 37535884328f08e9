"""The blueprints that make up the API: for programs, which have tokens and no cookies."""

from flask import Blueprint, Response

from app.web.security import csrf

PREFIX = "/api/v1"


def api_blueprint(feature: str, import_name: str) -> Blueprint:
    """The feature's part of the API. No cookie is read there, so no CSRF token is asked for."""
    blueprint = Blueprint(f"{feature}_api", import_name, url_prefix=PREFIX)
    csrf.exempt(blueprint)
    blueprint.after_request(_differs_by_token)
    return blueprint


def _differs_by_token(response: Response) -> Response:
    response.vary.add("Authorization")
    return response
