"""Others who follow what happens here: the event stream."""

from flask import Flask

from app.config import Settings
from app.integrations import stream


def init_app(app: Flask, settings: Settings) -> None:
    stream.init_app(app, settings)
