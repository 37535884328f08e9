"""How often. Counts live in Redis, so that all processes share them, or here while it is away."""

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from app.config import Settings
from app.redis_options import redis_options
from app.web.security import UNSAFE_METHODS

# Redis is asked twice at most before its silence is believed.
REDIS_SECONDS = 0.3

limiter = Limiter(
    key_func=get_remote_address,
    in_memory_fallback_enabled=True,
    swallow_errors=True,  # a Redis that dies between counting and answering breaks no request
)


def init_app(app: Flask, settings: Settings) -> None:
    app.config.update(
        RATELIMIT_ENABLED=settings.ratelimit_enabled,
        RATELIMIT_STORAGE_URI=settings.redis_url.replace("unix://", "redis+unix://"),
        RATELIMIT_STORAGE_OPTIONS=redis_options(
            settings, timeout=REDIS_SECONDS, connect_timeout=REDIS_SECONDS
        ),
        RATELIMIT_KEY_PREFIX="ticketbay",
    )
    limiter.init_app(app)


@limiter.request_filter
def _only_looks() -> bool:
    """Pages are not counted, and none of them waits to see whether Redis is back."""
    return request.method not in UNSAFE_METHODS
