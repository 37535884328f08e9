"""A program that uses the JSON API, as its tests know it."""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.accounts import tokens
from app.accounts.models import User
from app.api import PREFIX
from app.db import transaction

PASSWORD = "correct horse battery"


class Program:
    """Calls the API with somebody's token, or with none: `Program(app, buyer).get("/orders")`."""

    def __init__(self, app: Flask, user: User | None = None):
        self.client: FlaskClient = app.test_client()
        self.headers: dict[str, str] = {}
        if user is not None:
            user_id = user.id
            with transaction():
                self.sign_in(tokens.open_for(user_id).access)

    def sign_in(self, access_token: str) -> None:
        """Send this token from now on."""
        self.headers["Authorization"] = f"Bearer {access_token}"

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.call("GET", path, **more)

    def post(self, path: str, json: Any = None, **more: Any) -> TestResponse:
        return self.call("POST", path, json=json, **more)

    def put(self, path: str, json: Any = None, **more: Any) -> TestResponse:
        return self.call("PUT", path, json=json, **more)

    def patch(self, path: str, json: Any = None, **more: Any) -> TestResponse:
        return self.call("PATCH", path, json=json, **more)

    def delete(self, path: str, **more: Any) -> TestResponse:
        return self.call("DELETE", path, **more)

    def call(self, method: str, path: str, **more: Any) -> TestResponse:
        """`path` below /api/v1. `headers` are sent beside the token; `json=None` sends no body."""
        headers = self.headers | more.pop("headers", {})
        return self.client.open(f"{PREFIX}{path}", method=method, headers=headers, **more)


def kind_of(problem: TestResponse) -> str:
    """`tickets-unavailable`, of an answer in application/problem+json."""
    assert problem.mimetype == "application/problem+json"
    return str(problem.json["type"]).partition("#problem-")[2]


def places_of(problem: TestResponse) -> list[str]:
    """Where in the body or among the parameters the values stand that were refused."""
    errors = problem.json.get("errors", [])
    return [each["pointer"] if "pointer" in each else each["parameter"] for each in errors]
