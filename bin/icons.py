"""The pictures of the site itself, drawn from its icon and a poster into static/img/.

They are committed. Run it when the icon, the colours or the words on the preview change.
"""

import struct

from app.config import ROOT
from app.web.posters import art
from app.web.previews import ACCENT, PAPER, png, preview

FOLDER = ROOT / "static/img"
TICKET = (
    "M4 4h24a4 4 0 0 1 4 4v4a4 4 0 0 0 0 8v4a4 4 0 0 1-4 4H4a4 4 0 0 1-4-4v-4a4 4 0 0 0 0-8V8"
    "a4 4 0 0 1 4-4z"
)
# What the home page says first.
WORDS = {"en": "Tickets from fans to fans", "de": "Tickets von Fans für Fans"}
APP_ICONS = (180, 192, 512)
FAVICON = 32


def main() -> None:
    for size in APP_ICONS:
        (FOLDER / f"icon-{size}.png").write_bytes(png(_app_icon(), size))
    (FOLDER / "favicon.ico").write_bytes(_ico(png(_favicon(), FAVICON)))
    for code, words in WORDS.items():
        drawing = preview(art("ticketbay", "festival"), words, places=(), stub=())
        (FOLDER / f"preview-{code}.png").write_bytes(png(drawing))


def _favicon() -> str:
    return _drawing(f'<path fill="{ACCENT}" d="{TICKET}"/>')


def _app_icon() -> str:
    """On a ground to the edge, and within the circle that phones may cut it to."""
    return _drawing(
        f'<path fill="{ACCENT}" d="M0 0h32v32H0z"/>'
        f'<path fill="{PAPER}" transform="translate(6.4 6.4) scale(.6)" d="{TICKET}"/>'
    )


def _drawing(shapes: str) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">{shapes}</svg>'


def _ico(picture: bytes) -> bytes:
    """An icon file that holds one PNG."""
    header = struct.pack("<HHH", 0, 1, 1)
    entry = struct.pack("<BBBBHHII", FAVICON, FAVICON, 0, 0, 1, 32, len(picture), 6 + 16)
    return header + entry + picture


if __name__ == "__main__":
    main()
