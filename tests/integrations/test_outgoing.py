"""What users name is asked with care: only public addresses, no redirects, no patience."""

import ipaddress
import socket
import ssl
import threading
import time
from contextlib import contextmanager, suppress

import pytest
import trustme

from app.integrations import outgoing
from app.integrations.outgoing import NoAddress, NotAnswered, Outgoing, Trouble
from tests.integrations.receivers import (
    Receiver,
    drips,
    hangs,
    hangs_up,
    never_ends_its_body,
)

pytestmark = pytest.mark.processes

PUBLIC = "93.184.216.34"


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def nearby():
    """May ask this machine."""
    return Outgoing(to_this_machine=True)


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(outgoing, "ANSWER_SECONDS", 0.5)


def far(*addresses):
    """As in production, with a host that has these addresses."""
    return Outgoing(to_this_machine=False, resolver=lambda host, port: addresses)


def trouble_of(client, url="https://example.org/", **more):
    with pytest.raises(NotAnswered) as caught:
        client.post(url, b"{}", {}, **more)
    return caught.value.trouble


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1"),
        *("169.254.169.254", "100.64.0.1", "192.0.0.8", "192.0.2.1", "198.18.0.1"),
        *("224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255"),
        *("::1", "::", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1"),
        *("64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2001:0:7f00:1::"),
        *("fe80::1%eth0", "nonsense", ""),
        *("fec0::1", "feff::1%eth0", "3fff::1", "64:ff9b:1::a00:1", "5f00::1"),
    ],
)
def test_no_address_inside_our_network_is_asked(address):
    assert trouble_of(far(address)) == Trouble.ADDRESS
    assert trouble_of(far(PUBLIC, address)) == Trouble.ADDRESS, "nor one of several"


@pytest.mark.parametrize("address", [PUBLIC, "2606:2800:220:1:248:1893:25c8:1946", "1.1.1.1"])
def test_public_addresses_may_be_asked(address):
    assert outgoing.is_public(ipaddress.ip_address(address))
    far(address).check("https://example.org/hooks?a=b")


@pytest.mark.parametrize(
    "url",
    [
        *("http://example.org/", "ftp://example.org/", "file:///etc/passwd", "example.org", ""),
        *("https://", "https://user:pw@example.org/", "https://example.org/#part"),
        *("https://example.org:0/", "https://example.org:99999/", "https://exa mple.org/"),
        *(
            "https://example.org/\r\nX: y",
            "https://example.org/\N{SNOWMAN}",
            "https://[::1",
            "https://a..b/",
        ),
        "https://example.org/" + "x" * 2000,
    ],
)
def test_what_is_no_address_of_the_web_is_refused(url):
    with pytest.raises(NoAddress):
        far(PUBLIC).check(url)
    with pytest.raises(NoAddress):
        far(PUBLIC).post(url, b"", {})


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]"])
def test_this_machine_has_many_names_and_none_is_asked(host):
    with pytest.raises(NotAnswered) as caught:
        Outgoing(to_this_machine=False).check(f"https://{host}/")
    assert caught.value.trouble in (Trouble.ADDRESS, Trouble.UNKNOWN)


def test_the_address_that_was_checked_is_the_one_that_is_asked(receiver):
    asked = []

    def rebinding(host, port):
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    client = Outgoing(to_this_machine=True, resolver=rebinding)
    assert client.post(f"http://example.org:{receiver.port}/hook", b"{}", {}) == 204
    assert asked == ["example.org"], "asked for once, and checked"
    assert trouble_of(client, f"http://example.org:{receiver.port}/") == Trouble.ADDRESS


def test_it_sends_what_it_is_given(receiver, nearby):
    status = nearby.post(f"{receiver.url}/hook?a=b", b'{"a": 1}', {"webhook-id": "7"})
    assert status == 204
    [(path, body, headers)] = receiver.received
    assert (path, body) == ("/hook?a=b", b'{"a": 1}')
    assert headers["webhook-id"] == "7"
    assert headers["Host"] == f"127.0.0.1:{receiver.port}"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_answer_and_is_not_followed(receiver, nearby, status):
    receiver.answers = status
    assert nearby.post(receiver.url, b"", {}) == status
    assert len(receiver.received) == 1


@pytest.mark.parametrize("how", [drips, hangs])
def test_who_drips_or_hangs_is_cut_off(receiver, nearby, quick, how):
    receiver.answers = how
    began = time.monotonic()
    assert trouble_of(nearby, receiver.url) == Trouble.TIMEOUT
    assert time.monotonic() - began < 2


def test_a_body_without_end_is_not_read(receiver, nearby):
    receiver.answers = never_ends_its_body
    began = time.monotonic()
    assert nearby.post(receiver.url, b"", {}) == 200
    assert time.monotonic() - began < 2


def test_who_hangs_up_or_is_not_there(receiver, nearby):
    receiver.answers = hangs_up
    assert trouble_of(nearby, receiver.url) == Trouble.NO_ANSWER
    receiver.close()
    assert trouble_of(nearby, receiver.url) == Trouble.UNREACHABLE


def test_nobody_knows_the_host():
    def nobody(host, port):
        raise OSError("unknown")

    assert trouble_of(Outgoing(to_this_machine=False, resolver=nobody)) == Trouble.UNKNOWN


@pytest.fixture(scope="module")
def authority():
    """Who signs certificates here, and is known to nobody else."""
    return trustme.CA()


class TestOverTLS:
    @pytest.fixture
    def secure(self, receiver, authority):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("example.org").configure_cert(context)
        receiver.server.socket = context.wrap_socket(receiver.server.socket, server_side=True)
        return receiver

    @pytest.fixture
    def client(self, authority):
        client = Outgoing(to_this_machine=True, resolver=lambda host, port: ["127.0.0.1"])
        authority.configure_trust(client.tls)
        return client

    def test_the_certificate_is_that_of_the_name(self, secure, client):
        assert client.post(f"https://example.org:{secure.port}/", b"{}", {}) == 204
        assert secure.received[0][2]["Host"] == f"example.org:{secure.port}"

    def test_another_name_is_refused(self, secure, client):
        assert trouble_of(client, f"https://example.com:{secure.port}/") == Trouble.TLS
        assert secure.received == []

    def test_a_certificate_that_nobody_knows_is_refused(self, secure):
        client = Outgoing(to_this_machine=True, resolver=lambda host, port: ["127.0.0.1"])
        assert trouble_of(client, f"https://example.org:{secure.port}/") == Trouble.TLS

    def test_a_handshake_that_does_not_go_on_is_cut_off(self, client, quick):
        with silent_server() as port:
            began = time.monotonic()
            assert trouble_of(client, f"https://example.org:{port}/") == Trouble.TIMEOUT
            assert time.monotonic() - began < 2


@contextmanager
def silent_server():
    """It takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = []

        def take():
            with suppress(OSError):
                taken.append(server.accept())

        threading.Thread(target=take, daemon=True).start()
        yield server.getsockname()[1]
