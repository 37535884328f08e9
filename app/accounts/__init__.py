"""Accounts: who somebody is, and how they prove it."""

from flask import Flask

from app.accounts import access

__all__ = ["access", "init_app"]


def init_app(app: Flask) -> None:
    pass
