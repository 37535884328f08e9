"""Sending one event to one webhook endpoint, signed as Stripe signs."""

from __future__ import annotations

import http.client
import ipaddress
import json
import logging
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from stripe import WebhookSignature

ANSWER_TIMEOUT_SECONDS = 10

log = logging.getLogger(__name__)


def send(
    event: dict[str, Any], url: str, secrets: Sequence[str], timestamp: int | None = None
) -> int | None:
    """POST the event and give the HTTP status of the answer, None if there was none. Redirects are
    not followed.
    """
    body = json.dumps(event, indent=2)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Stripe-Signature": signature(body, secrets, timestamp),
        "User-Agent": "Stripe/1.0 (stripe_simulator)",
    }
    target = urlsplit(url)
    path = (target.path or "/") + (f"?{target.query}" if target.query else "")
    connection = http.client.HTTPConnection(
        target.hostname or "", target.port, timeout=ANSWER_TIMEOUT_SECONDS
    )
    try:
        connection.request("POST", path, body.encode(), headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        log.info("webhook %s to %s: %s", event["type"], url, error)
        return None
    finally:
        connection.close()


def signature(body: str, secrets: Sequence[str], timestamp: int | None = None) -> str:
    """The `Stripe-Signature` header, with one signature for each secret.

    In real time even if the simulated clock is ahead, because the receiver compares with its own.
    """
    signed_at = int(time.time()) if timestamp is None else timestamp
    headers = [WebhookSignature.generate_signature_header(body, s, signed_at) for s in secrets]
    return ",".join([f"t={signed_at}", *(h.partition(",")[2] for h in headers)])


def require_loopback(url: str) -> None:
    """Raise ValueError unless the address is plain HTTP on this machine."""
    target = urlsplit(url)
    if target.scheme != "http" or not is_loopback(target.hostname or ""):
        raise ValueError(
            f"webhook endpoints must be http:// addresses on this machine, not {url!r}"
        )


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
