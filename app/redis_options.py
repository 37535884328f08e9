"""How every client of ours speaks to Redis."""

from typing import Any

from redis.backoff import NoBackoff
from redis.retry import Retry

from app.config import Settings


def redis_options(
    settings: Settings, *, timeout: float | None, connect_timeout: float
) -> dict[str, Any]:
    """For a client that asks once and gives up after these seconds. None waits without end."""
    options: dict[str, Any] = {"socket_timeout": timeout, "retry": Retry(NoBackoff(), 0)}
    if not settings.redis_url.startswith("unix://"):
        options["socket_connect_timeout"] = connect_timeout
    if settings.redis_url.startswith("rediss://") and not settings.redis_tls_verify:
        options["ssl_cert_reqs"] = None  # Heroku's certificate is self-signed
    return options
