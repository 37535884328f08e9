"""The drawings of static/img/icons.svg, for the macro `icon`.

They stand in the page instead of being referred to: no request, nothing that appears late, and on
the error page they are there when nothing else is.
"""

import re
from functools import cache

from flask import Flask
from markupsafe import Markup

from app.config import ROOT

SPRITE = ROOT / "static" / "img" / "icons.svg"
SYMBOL = re.compile(r'<symbol id="([a-z]+)" viewBox="0 0 24 24">(.+?)</symbol>')


def init_app(app: Flask) -> None:
    app.jinja_env.globals["icon_shapes"] = lambda name: drawings()[name]


@cache
def drawings() -> dict[str, Markup]:
    """The shapes of each icon by its name."""
    return {name: Markup(shapes) for name, shapes in SYMBOL.findall(SPRITE.read_text())}
