"""The catalog: which events there are, and where."""

from flask import Flask

from app.catalog import models

__all__ = ["init_app", "models"]


def init_app(app: Flask) -> None:
    pass
