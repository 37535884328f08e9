"""Domain events, stored with the change that made them true, and told afterwards."""

from app.outbox import delivery

__all__ = ["delivery"]
