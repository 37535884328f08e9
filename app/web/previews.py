"""Pictures for link previews: the art of a poster, and on it a ticket that says what and when.

They are drawn as SVG and sent as PNG, because the programs that show previews take no SVG. Widths
of texts are estimated and never too small, so that nothing runs over the edge of the paper.
"""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import resvg_py
from markupsafe import Markup

from app.config import ROOT
from app.web.posters import VIEW_HEIGHT, VIEW_WIDTH

WIDTH, HEIGHT = 1200, 630  # what all of them ask for
KEPT = 64  # pictures of some 60 KB in each process; drawing one takes a tenth of a second

FONT = str(ROOT / "static/vendor/bricolage-grotesque-bold.ttf")
FAMILY = "Bricolage Grotesque 96pt ExtraBold"
# Letters, dashes, quotes and the like, but for some that stand among them.
KNOWN = re.compile(
    "[ -~\u00a0-\u017e\u0218-\u021b\u1e9e\u2013\u2014\u2018-\u201a\u201c-\u201e\u2022\u2026\u20ac]*"
)
LACKING = re.compile("[¤\xadĈĉĔĕĜĝĤĥĬĭĴĵĸĿŀŉŎŏŜŝŢţŦŧ]")

PAPER, INK, MUTED, ACCENT = "#fcfaf5", "#1b1823", "#5d5966", "#cb2a0b"
SCALE = WIDTH / VIEW_WIDTH
# Two pieces of paper with punched corners where they meet, like the tickets on pages.
TICKET = (
    "M84 214H834a22 22 0 0 0 44 0H1116a28 28 0 0 1 28 28V546a28 28 0 0 1-28 28"
    "H878a22 22 0 0 0-44 0H84a28 28 0 0 1-28-28V242a28 28 0 0 1 28-28z"
)
PERFORATION = "M856 256V540"
FACE_LEFT, FACE_WIDTH = 104, 708
STUB_MIDDLE, STUB_WIDTH = 1006, 250
# The larger the letters of a title, the fewer lines there is room for.
TITLE_SIZES = ((96, 2), (72, 3), (54, 4), (42, 5))
TITLE_TOP, LINE_HEIGHT = 248, 1.04
PLACE_SIZE = 34
STUB_SIZES = (30, 46, 36, 36)


def preview(art: Markup, title: str, places: Sequence[str], stub: Sequence[str]) -> str:
    """The drawing, WIDTH by HEIGHT. `stub` has up to four short lines.

    Of `places`, the first that fits stands below the title. What does not fit, or has letters
    that the font lacks, is left out: next to a preview stands its title in any case.
    """
    place = next((place for place in places if _fits(place, FACE_WIDTH / PLACE_SIZE)), "")
    texts = [
        *_title(title),
        _text(place, FACE_LEFT, 538, PLACE_SIZE, MUTED),
        *_stub(stub),
        _text("ticketbay", STUB_MIDDLE, 538, 34, INK, "middle"),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}">'
        f'<g transform="translate(0 {(HEIGHT - SCALE * VIEW_HEIGHT) / 2}) scale({SCALE})">{art}</g>'
        f'<path fill="{PAPER}" d="{TICKET}"/>'
        f'<path stroke="{MUTED}" stroke-width="4" stroke-dasharray="0 13" stroke-linecap="round"'
        f' opacity=".5" d="{PERFORATION}"/>'
        f"{''.join(texts)}</svg>"
    )


def version(drawing: str) -> str:
    """Changes whenever the picture would look different."""
    return hashlib.sha256(drawing.encode()).hexdigest()[:12]


@lru_cache(maxsize=KEPT)
def png(drawing: str, width: int | None = None) -> bytes:
    """The drawing as a picture, with no other font than ours: alike on every machine."""
    return resvg_py.svg_to_bytes(
        svg_string=drawing,
        width=width,
        font_family=FAMILY,
        font_files=[FONT],
        skip_system_fonts=True,
    )


def _title(title: str) -> list[Markup]:
    for size, most_lines in TITLE_SIZES:
        lines = _lines(title, FACE_WIDTH / size)
        if len(lines) <= most_lines and all(_fits(line, FACE_WIDTH / size) for line in lines):
            return [
                _text(
                    line, FACE_LEFT, round(TITLE_TOP + size * (0.78 + number * LINE_HEIGHT)), size
                )
                for number, line in enumerate(lines)
            ]
    return []


def _stub(lines: Sequence[str]) -> list[Markup]:
    drawn, y = list[Markup](), 254
    for line, size in zip(lines, STUB_SIZES, strict=False):
        y += round(size * 1.2)
        if _fits(line, STUB_WIDTH / size):
            colour = INK if drawn else ACCENT
            drawn.append(_text(line, STUB_MIDDLE, y, size, colour, "middle"))
    return drawn


def _text(text: str, x: int, y: int, size: int, colour: str = INK, anchor: str = "start") -> Markup:
    return Markup(
        '<text x="{}" y="{}" font-size="{}" font-weight="700" fill="{}" text-anchor="{}">{}</text>'
    ).format(x, y, size, colour, anchor, text)


def _lines(text: str, ems: float) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and _ems(f"{lines[-1]} {word}") <= ems:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _fits(text: str, ems: float) -> bool:
    return bool(KNOWN.fullmatch(text)) and not LACKING.search(text) and _ems(text) <= ems


def _ems(text: str) -> float:
    return sum(map(_letter_ems, text))


def _letter_ems(letter: str) -> float:
    """How wide, at most, in multiples of the size of the letters."""
    plain = unicodedata.normalize("NFD", letter)[0]
    if plain in "MWmw@%—…¼½¾ÆŒæœĦ©®":
        return 1.1
    if plain in "ijlftrI1 .,:;'\u2018\u2019\u201a!|()[]-":
        return 0.45
    return 0.69 if plain.islower() or plain.isdigit() else 0.8
