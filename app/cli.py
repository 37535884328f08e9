"""The commands of an operator: `flask --help` lists them."""

from flask import Flask


def init_app(app: Flask) -> None:
    pass
