"""Colours as the style sheet names them, and how well one is read on another."""

import math

Linear = tuple[float, float, float]


def hex_of(lightness: float, chroma: float, hue: float) -> str:
    """An OKLCH colour as `#rrggbb`, cut off at the borders of sRGB.

    OKLCH because equal steps of hue look equally bright, which keeps text on every poster readable.
    """
    channels = _linear(lightness, chroma, hue)
    return "#" + "".join(f"{round(255 * _gamma(channel)):02x}" for channel in channels)


def contrast(one: str, other: str) -> float:
    """From 1 to 21, as WCAG measures it. Both are `#rrggbb`."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _linear(lightness: float, chroma: float, hue: float) -> Linear:
    """The matrices are Björn Ottosson's, https://bottosson.github.io/posts/oklab/."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    return _clipped(red), _clipped(green), _clipped(blue)


def _clipped(channel: float) -> float:
    return min(max(channel, 0), 1)


def _gamma(channel: float) -> float:
    return 12.92 * channel if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055


def _luminance(colour: str) -> float:
    red, green, blue = (_without_gamma(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _without_gamma(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
