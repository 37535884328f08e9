"""What is in a PNG, as far as tests ask."""

import struct
import zlib


def size(picture: bytes) -> tuple[int, int]:
    """Width and height. AssertionError if it is none."""
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", picture[16:24])


def pixels(picture: bytes) -> list[list[bytes]]:
    """The rows, each with its pixels of four bytes: red, green, blue and opacity."""
    width, height = size(picture)
    assert picture[24:29] == b"\x08\x06\0\0\0", "eight bits, with opacity, not interlaced"
    data = zlib.decompress(b"".join(body for kind, body in _chunks(picture) if kind == b"IDAT"))
    above, rows = bytearray(4 * width), []
    for start in range(0, len(data), 4 * width + 1):
        row = _unfiltered(data[start], bytearray(data[start + 1 : start + 4 * width + 1]), above)
        rows.append([bytes(row[at : at + 4]) for at in range(0, len(row), 4)])
        above = row
    assert len(rows) == height
    return rows


def _chunks(picture: bytes):
    at = 8
    while at < len(picture):
        (length,) = struct.unpack(">I", picture[at : at + 4])
        yield picture[at + 4 : at + 8], picture[at + 8 : at + 8 + length]
        at += length + 12


def _unfiltered(method: int, row: bytearray, above: bytearray) -> bytearray:
    for i in range(len(row)):
        left, up = (row[i - 4], above[i - 4]) if i > 3 else (0, 0)
        guess = (0, left, above[i], (left + above[i]) // 2, _paeth(left, above[i], up))[method]
        row[i] = (row[i] + guess) & 255
    return row


def _paeth(left: int, above: int, corner: int) -> int:
    estimate = left + above - corner
    return min((left, above, corner), key=lambda each: abs(estimate - each))
