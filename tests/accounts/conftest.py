"""People who have a password, and browsers that show their forms' tokens."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.accounts import passwords, registration
from app.accounts.models import User
from app.db import transaction

PASSWORD = "tulips in the rain"


@pytest.fixture
def ada(app: Flask) -> User:
    """Signed up as ada@example.org with PASSWORD."""
    with transaction():
        return registration.sign_up("ada@example.org", passwords.hashed(PASSWORD), "Ada")


@pytest.fixture
def new_browser(app: Flask) -> Callable[[], FlaskClient]:
    """A new browser, signed out."""
    return app.test_client


def token_of(client: FlaskClient, path: str = "/signin") -> str:
    """The CSRF token of the forms on that page."""
    page = client.get(path).text
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found, page
    return found[1]


def sign_in(client: FlaskClient, email: str = "ada@example.org", password: str = PASSWORD, **more):
    return client.post("/signin", data={"email": email, "password": password, **more})
