"""Posters drawn from an event's id: no photo rights, and every event is recognisable.

The drawing is plain SVG with presentation attributes and sRGB hex colours. That keeps it valid
under a strict Content-Security-Policy, and lets other renderers (PDF, PNG for link previews) draw
the same picture.
"""

import math
import random
from collections.abc import Iterator
from typing import TypeVar

from markupsafe import Markup

from app.web.colours import hex_of

Option = TypeVar("Option")

VIEW_WIDTH, VIEW_HEIGHT = 600, 400
GROUND_LIGHTNESS, GROUND_CHROMA = 0.22, 0.055
STROKES = (5, 9, 14, 22)
LIGHTNESSES = (0.62, 0.72, 0.82)
# Neighbours on the colour circle, with one step far enough to give contrast.
HUE_STEPS = ((0, 40, 180), (0, 30, 150), (0, 55, 210), (0, 25, 70))


def poster(seed: int | str, category: str | None = None) -> Markup:
    """An inline SVG that is always the same for the same seed and category."""
    return Markup(
        f'<svg xmlns="http://www.w3.org/2000/svg" class="art" width="100%" height="100%"'
        f' viewBox="0 0 {VIEW_WIDTH} {VIEW_HEIGHT}" preserveAspectRatio="xMidYMid slice"'
        f' aria-hidden="true" focusable="false">{art(seed, category)}</svg>'
    )


def art(seed: int | str, category: str | None = None) -> Markup:
    """What the poster shows, VIEW_WIDTH wide and VIEW_HEIGHT high, for other drawings."""
    dice = _Dice(f"{category or 'concert'}/{seed}")
    palette = _Palette(dice)
    compose = COMPOSITIONS.get(category or "", _rings)
    shapes = "".join(compose(dice, palette))
    return Markup(
        f'<path fill="{palette.ground}" d="M0 0h{VIEW_WIDTH}v{VIEW_HEIGHT}H0z"/>'
        f'<g fill="none" stroke-linecap="round">{shapes}</g>'
    )


# Compositions. Each yields SVG elements; a category is recognised before the event is.


def _rings(dice: "_Dice", palette: "_Palette") -> Iterator[str]:
    """Concentric arcs, like the grooves of a record."""
    x, y = dice.between(330, 470), dice.between(130, 270)
    for radius in range(30, 330, 34):
        start = dice.between(0, 360)
        yield _arc(
            x,
            y,
            radius,
            start,
            start + dice.between(120, 290),
            palette.ink(dice),
            dice.pick(STROKES),
        )


def _lanes(dice: "_Dice", palette: "_Palette") -> Iterator[str]:
    """Nested bends, like the lanes of a running track, and one ball."""
    x, y = dice.between(240, 330), dice.between(220, 330)
    for radius in range(60, 420, 40):
        start, end = dice.between(-60, 120), dice.between(-60, x - 40)
        path = f"M{start} {y + radius}H{x}A{radius} {radius} 0 0 0 {x} {y - radius}H{end}"
        yield _line(path, palette.ink(dice), dice.pick(STROKES))
    yield _disc(
        dice.between(400, 520), dice.between(90, 300), dice.between(24, 48), palette.ink(dice)
    )


def _curtain(dice: "_Dice", palette: "_Palette") -> Iterator[str]:
    """Folds of a stage curtain, gathered to one side, and a spotlight."""
    yield _disc(
        dice.between(330, 480), dice.between(170, 290), dice.between(70, 110), palette.ink(dice)
    )
    gather = dice.between(20, 120)
    for fold in range(9):
        top = 30 + fold * 68
        bottom = gather + fold * dice.between(34, 44)
        yield _line(
            f"M{top} -20C{top} 190 {bottom} 210 {bottom} 420", palette.ink(dice), dice.pick(STROKES)
        )


def _voices(dice: "_Dice", palette: "_Palette") -> Iterator[str]:
    """Half rings facing each other, like two people talking."""
    for side, centre in ((0, dice.between(150, 220)), (180, dice.between(390, 460))):
        y = dice.between(150, 250)
        for radius in range(28, 190, 36):
            start = side - dice.between(50, 95)
            yield _arc(
                centre,
                y,
                radius,
                start,
                side + dice.between(50, 95),
                palette.ink(dice),
                dice.pick(STROKES),
            )
        yield _disc(centre, y, 11, palette.ink(dice))


def _sun(dice: "_Dice", palette: "_Palette") -> Iterator[str]:
    """A low sun with rays: a long day outside."""
    x, y = dice.between(270, 430), dice.between(290, 360)
    core = dice.between(64, 96)
    yield _disc(x, y, core, palette.ink(dice))
    for step in range(0, 180, 15):
        angle = math.radians(step + 180)
        inner, outer = core + 34, core + dice.between(90, 300)
        path = (
            f"M{x + inner * math.cos(angle):.0f} {y + inner * math.sin(angle):.0f}"
            f"L{x + outer * math.cos(angle):.0f} {y + outer * math.sin(angle):.0f}"
        )
        yield _line(path, palette.ink(dice), dice.pick(STROKES))


def _bubbles(dice: "_Dice", palette: "_Palette") -> Iterator[str]:
    """Discs and rings of all sizes."""
    for _ in range(5):
        yield _disc(
            dice.between(180, 580), dice.between(20, 380), dice.between(14, 70), palette.ink(dice)
        )
    for _ in range(5):
        start = dice.between(0, 360)
        radius = dice.between(30, 130)
        x, y = dice.between(160, 560), dice.between(40, 360)
        yield _arc(x, y, radius, start, start + 300, palette.ink(dice), dice.pick(STROKES))


COMPOSITIONS = {
    "concert": _rings,
    "sport": _lanes,
    "theatre": _curtain,
    "comedy": _voices,
    "festival": _sun,
    "family": _bubbles,
}


# Shapes


def _arc(x: int, y: int, radius: int, start: int, end: int, colour: str, stroke: int) -> str:
    x1, y1 = _point(x, y, radius, start)
    x2, y2 = _point(x, y, radius, end)
    large = int(end - start > 180)
    return _line(f"M{x1} {y1}A{radius} {radius} 0 {large} 1 {x2} {y2}", colour, stroke)


def _line(path: str, colour: str, stroke: int) -> str:
    return f'<path d="{path}" stroke="{colour}" stroke-width="{stroke}"/>'


def _disc(x: int, y: int, radius: int, colour: str) -> str:
    return f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{colour}"/>'


def _point(x: int, y: int, radius: int, degrees: int) -> tuple[int, int]:
    angle = math.radians(degrees)
    return round(x + radius * math.cos(angle)), round(y + radius * math.sin(angle))


# Chance and colour


class _Dice:
    """Chance that falls alike in every Python version, which `random.choice` does not promise."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)

    def between(self, low: int, high: int) -> int:
        return low + int(self._random.random() * (high - low + 1))

    def pick(self, options: tuple[Option, ...]) -> Option:
        return options[int(self._random.random() * len(options))]


class _Palette:
    """A dark ground and three related hues."""

    def __init__(self, dice: _Dice) -> None:
        hue = dice.between(0, 359)
        hues = tuple(hue + step for step in dice.pick(HUE_STEPS))
        self.ground = hex_of(GROUND_LIGHTNESS, GROUND_CHROMA, hue)
        self._inks = tuple(
            hex_of(lightness, 0.16, hue) for hue in hues for lightness in LIGHTNESSES
        )

    def ink(self, dice: _Dice) -> str:
        return dice.pick(self._inks)
