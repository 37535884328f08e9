"""Answers travel compressed, refusals included: a refused form comes with all its choices again."""

from flask import Flask, Response
from flask_compress import Compress


def init_app(app: Flask) -> None:
    app.config.update(
        COMPRESS_ALGORITHM=["gzip"],
        COMPRESS_ALGORITHM_STREAMING=["gzip"],
        COMPRESS_LEVEL=4,  # higher levels cost more time than the bytes are worth
    )
    Compression(app)


class Compression(Compress):
    """Flask-Compress leaves alone what is no success."""

    def after_request(self, response: Response | None) -> Response:
        if response is None or response.status_code < 400:
            return super().after_request(response)
        status, response.status_code = response.status, 200
        compressed: Response = super().after_request(response)
        compressed.status = status
        return compressed
