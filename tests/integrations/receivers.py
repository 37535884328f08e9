"""Servers of users: some answer, others fail, drip, are slow, redirect or hang up."""

import socket
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Receiver:
    """An HTTP server on this machine. `answers` is a status, or something it does instead."""

    def __init__(self, answers=204):
        self.answers = answers
        self.received: list[tuple[str, bytes, dict[str, str]]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.received.append((self.path, body, dict(self.headers.items())))
                if callable(receiver.answers):
                    with suppress(OSError):
                        receiver.answers(self)
                    return
                self.send_response(receiver.answers)
                self.send_header("Location", f"{receiver.url}/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = do_POST

            def log_message(self, *_arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def drips(handler):
    """A byte of the status line now and then, for ever."""
    while True:
        handler.wfile.write(b"H")
        handler.wfile.flush()
        time.sleep(0.05)


def is_slow(handler):
    time.sleep(1.5)
    handler.send_response(200)
    handler.end_headers()


def hangs(handler):
    time.sleep(30)


def hangs_up(handler):
    handler.connection.shutdown(socket.SHUT_RDWR)


def never_ends_its_body(handler):
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b"x" * 65536)
