"""The one client that asks addresses which users have named. It trusts none of them.

Only POST, no redirects, and never an address inside our own network: the host's addresses are
looked up, checked, and the checked one is connected to, with TLS verified against the name.
The answer's body is not read. Whoever drips their answer is cut off in time.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from urllib.parse import urlsplit

from flask import Flask, current_app

from app.config import Settings

CONNECT_SECONDS = 4
ANSWER_SECONDS = 8  # from the connection to the last header of the answer
LONGEST_URL = 2000

# What not every Python knows as reserved or local, and addresses that carry one of IPv4 inside.
RESERVED = [
    ipaddress.ip_network(net)
    for net in (
        *("192.0.0.0/24", "192.88.99.0/24", "2002::/16", "2001::/32", "::/96"),
        *("3fff::/20", "fec0::/10"),
    )
]
NAT64 = ipaddress.ip_network("64:ff9b::/96")

Resolver = Callable[[str, int], Sequence[str]]


class Trouble(StrEnum):
    """Why there is no answer."""

    ADDRESS = "address"  # one that we do not ask
    UNKNOWN = "unknown"  # nobody knows the host
    UNREACHABLE = "unreachable"
    TLS = "tls"
    TIMEOUT = "timeout"
    NO_ANSWER = "no_answer"  # or none that is HTTP


class NotAnswered(Exception):
    """There was no answer, and `trouble` says why."""

    def __init__(self, trouble: Trouble):
        super().__init__(trouble)
        self.trouble = trouble


class NoAddress(ValueError):
    """The text is no address that may be asked."""


@dataclass(frozen=True)
class Target:
    """The parts of an address."""

    is_https: bool
    host: str
    port: int
    path: str


def resolve(host: str, port: int) -> Sequence[str]:
    """The IP addresses of the host. OSError if there are none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


class Outgoing:
    """The client of one process. `to_this_machine` lets it ask http and loopback addresses."""

    def __init__(self, *, to_this_machine: bool, resolver: Resolver = resolve):
        self.to_this_machine = to_this_machine
        self.resolver = resolver

    @cached_property
    def tls(self) -> ssl.SSLContext:
        """Made when somebody is asked first: reading the certificates takes long, for a start."""
        return ssl.create_default_context()

    def check(self, url: str) -> None:
        """NoAddress if this can never be asked, NotAnswered if its host may not or is unknown."""
        self._address(self._target(url))

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """The status that was answered, whichever it is. NotAnswered or NoAddress without one."""
        target = self._target(url)
        address = self._address(target)
        try:
            plain = socket.create_connection((address, target.port), timeout=CONNECT_SECONDS)
        except TimeoutError:
            raise NotAnswered(Trouble.TIMEOUT) from None
        except OSError:
            raise NotAnswered(Trouble.UNREACHABLE) from None
        try:
            connected = self._wrapped(plain, target)
        except ValueError:  # no certificate could have that name
            plain.close()
            raise NoAddress(url) from None
        with closing(connected):
            connected.settimeout(ANSWER_SECONDS)
            too_late = threading.Event()
            cutter = threading.Timer(ANSWER_SECONDS, _cut, (connected, too_late))
            cutter.daemon = True
            cutter.start()
            try:
                return _ask(connected, target, body, headers)
            except (OSError, http.client.HTTPException, ValueError) as error:
                if too_late.is_set() or isinstance(error, TimeoutError):
                    raise NotAnswered(Trouble.TIMEOUT) from None
                is_tls = isinstance(error, ssl.SSLError)
                raise NotAnswered(Trouble.TLS if is_tls else Trouble.NO_ANSWER) from None
            finally:
                cutter.cancel()

    def _target(self, url: str) -> Target:
        try:
            parts = urlsplit(url)
            host = (parts.hostname or "").encode("idna").decode()
            port = parts.port
        except ValueError:  # UnicodeError is one
            raise NoAddress(url) from None
        schemes = ("https", "http") if self.to_this_machine else ("https",)
        is_plain = url.isascii() and url.isprintable() and " " not in url
        if (
            parts.scheme not in schemes
            or not host
            or not is_plain
            or "@" in parts.netloc
            or parts.fragment
            or port == 0
            or len(url) > LONGEST_URL
        ):
            raise NoAddress(url)
        is_https = parts.scheme == "https"
        path = parts.path or "/"
        query = f"?{parts.query}" if parts.query else ""
        return Target(is_https, host, port or (443 if is_https else 80), path + query)

    def _address(self, target: Target) -> str:
        """The address of the host to connect to. NotAnswered if one of them is none of those."""
        try:
            addresses = self.resolver(target.host, target.port)
        except (OSError, UnicodeError):
            addresses = []
        if not addresses:
            raise NotAnswered(Trouble.UNKNOWN)
        if not all(self._may_ask(address) for address in addresses):
            raise NotAnswered(Trouble.ADDRESS)
        return addresses[0]

    def _may_ask(self, address: str) -> bool:
        try:
            ip = _plain(ipaddress.ip_address(address))
        except ValueError:
            return False
        return is_public(ip) or (self.to_this_machine and ip.is_loopback)

    def _wrapped(self, plain: socket.socket, target: Target) -> socket.socket:
        if not target.is_https:
            return plain
        # The handshake comes later, when somebody looks at the clock.
        return self.tls.wrap_socket(
            plain, server_hostname=target.host, do_handshake_on_connect=False
        )


def init_app(app: Flask, settings: Settings) -> None:
    app.extensions["outgoing"] = Outgoing(to_this_machine=settings.webhooks_to_this_machine)


def client() -> Outgoing:
    """The client of this process."""
    outgoing: Outgoing = current_app.extensions["outgoing"]
    return outgoing


Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_public(ip: Address) -> bool:
    """Whether anybody on the internet could ask it: not private, shared, local, reserved ..."""
    ip = _plain(ip)
    return ip.is_global and not (
        ip.is_multicast
        or ip.is_reserved
        or ip.is_private
        or ip.is_loopback
        or ip.is_link_local
        or ip.is_unspecified
        or any(ip in net for net in RESERVED)
    )


def _plain(ip: Address) -> Address:
    """The address of IPv4 that is meant, if it is one in the clothes of IPv6."""
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return ip.ipv4_mapped
        if ip in NAT64:
            return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip


def _ask(connected: socket.socket, target: Target, body: bytes, headers: Mapping[str, str]) -> int:
    if isinstance(connected, ssl.SSLSocket):
        connected.do_handshake()
    host = f"[{target.host}]" if ":" in target.host else target.host
    is_usual = target.port == (443 if target.is_https else 80)
    connection = http.client.HTTPConnection(target.host, target.port)
    connection.sock = connected
    connection.putrequest("POST", target.path, skip_host=True, skip_accept_encoding=True)
    connection.putheader("Host", host if is_usual else f"{host}:{target.port}")
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.putheader("Content-Length", str(len(body)))
    connection.putheader("Connection", "close")
    connection.endheaders(body)
    return connection.getresponse().status


def _cut(connected: socket.socket, too_late: threading.Event) -> None:
    """Whoever waits for this connection is told that it has ended."""
    too_late.set()
    with suppress(OSError):  # it may have ended by itself
        # Not that of ssl, which would take the connection from under the one who reads.
        socket.socket.shutdown(connected, socket.SHUT_RDWR)
