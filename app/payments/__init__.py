"""Payments: Stripe Checkout, without losing money or tickets."""

from flask import Flask

from app.payments import models

__all__ = ["init_app", "models"]


def init_app(app: Flask) -> None:
    pass
