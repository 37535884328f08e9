"""Why a port cannot be had, and which other one to try."""

import errno
import socket

import pytest

from bin.devserver import ports


@pytest.fixture
def refused(monkeypatch):
    """Lets the system refuse every port, and nobody answer on any."""

    class Socket(socket.socket):
        def bind(self, address):
            raise OSError(refusal.number, "refused")

    class refusal:
        number = 0

    def nobody(*_):
        raise ConnectionRefusedError

    def by(number):
        refusal.number = number
        monkeypatch.setattr(socket, "socket", Socket)
        monkeypatch.setattr(socket, "create_connection", nobody)

    return by


def test_a_free_port_has_no_obstacle():
    assert ports.obstacle(ports.any_free()) is None


def test_a_port_that_one_may_not_open_is_not_in_use(refused):
    refused(errno.EACCES)
    assert ports.obstacle(80) == "Port 80 is for the system only: try PORT=8000."


@pytest.mark.parametrize(("port", "other"), [(8000, 8001), (65534, 65535), (65535, 65534)])
def test_the_port_to_try_instead_exists(refused, port, other):
    refused(errno.EADDRINUSE)
    assert f"Port {port} is in use" in ports.obstacle(port)
    assert f"try PORT={other}." in ports.obstacle(port)
