"""Browsers that are signed in already, without going through the form."""

from flask import Flask
from flask.testing import FlaskClient

from app.accounts import sessions
from app.accounts.models import User
from app.db import transaction
from app.web.headers import SIGNED_IN_KEY


def sign_in_as(app: Flask, user: User) -> FlaskClient:
    """A browser of its own in which this user is signed in."""
    with transaction():
        token = sessions.open_for(user)
    client = app.test_client()
    with client.session_transaction() as session:
        session[SIGNED_IN_KEY] = token
        session.permanent = True
    return client
