"""Every colour and component on one page, for whoever designs or looks for one: /styleguide."""

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from zoneinfo import ZoneInfo

from flask import Blueprint, Flask, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Form, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from app import clock
from app.accounts.access import anyone
from app.catalog.models import Category
from app.config import ROOT
from app.web import charts, search_engines
from app.web.colours import contrast, hex_of
from app.web.icons import drawings
from app.web.posters import poster

bp = Blueprint("styleguide", __name__)

STYLES = ROOT / "static" / "css" / "app.css"
COLOUR = re.compile(
    r"--([a-z-]+): light-dark\(oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\), "
    r"oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)\);"
)
LENGTH = re.compile(r"--(tiny|small|large|h2|h1|hero|s\d|target|radius|radius-small): ([^;]+);")
# What is written or drawn on what, and the contrast that WCAG 2.2 AA asks of it.
READ_ON = (
    ("ink", ("canvas", "surface", "sunken"), 4.5),
    ("muted", ("canvas", "surface", "sunken"), 4.5),
    ("accent", ("canvas", "surface", "accent-ground"), 4.5),
    ("on-accent", ("accent",), 4.5),
    ("good", ("surface", "good-ground"), 4.5),
    ("warn", ("surface", "warn-ground"), 4.5),
    ("bad", ("surface", "bad-ground"), 4.5),
    ("on-night", ("night",), 4.5),
    ("edge", ("canvas", "surface"), 3),
)


@dataclass(frozen=True)
class Pair:
    """One colour on another, as `#rrggbb`, in the light and in the dark scheme."""

    face: str
    ground: str
    at_least: float
    faces: tuple[str, str]
    grounds: tuple[str, str]

    @property
    def contrasts(self) -> tuple[float, float]:
        light, dark = zip(self.faces, self.grounds, strict=True)
        return contrast(*light), contrast(*dark)


class SampleForm(Form):
    """One field of each kind."""

    name = StringField(_l("Event"), validators=[InputRequired(_l("Enter what is on."))])
    price = StringField(_l("Price"), validators=[InputRequired(_l("Enter what it costs."))])
    category = SelectField(_l("Category"), choices=[SelectChoice("G"), SelectChoice("H")])
    notes = TextAreaField(_l("Notes for everyone"))
    is_open = BooleanField(_l("The time is not announced yet"))


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)


@bp.get("/styleguide")
@anyone
def show() -> ResponseReturnValue:
    """No data and no secrets are on it, so that it can be looked at wherever the site runs."""
    search_engines.leave_out()
    wrong = SampleForm(MultiDict({"category": "G"}), prefix="wrong")
    wrong.validate()
    now = clock.now()
    return render_template(
        "styleguide/index.html",
        colours=colours(),
        pairs=pairs(),
        lengths=LENGTH.findall(STYLES.read_text()),
        icons=sorted(drawings()),
        form=SampleForm(prefix="sample"),
        wrong=wrong,
        frozen=SampleForm(prefix="frozen"),
        categories=list(Category),
        now=now,
        at=now + timedelta(days=40),
        soon=now + timedelta(minutes=12),
        zone=ZoneInfo("Europe/Berlin"),
        poster=poster,
        charts=charts,
    )


@cache
def colours() -> dict[str, tuple[str, str]]:
    """Each colour of the style sheet by its name, as `#rrggbb` in the light and the dark scheme."""
    found = {}
    for name, *numbers in COLOUR.findall(STYLES.read_text()):
        values = [float(number) for number in numbers]
        found[name] = (
            hex_of(values[0] / 100, *values[1:3]),
            hex_of(values[3] / 100, *values[4:6]),
        )
    return found


def pairs() -> list[Pair]:
    """What stands on what."""
    of = colours()
    return [
        Pair(face, ground, at_least, of[face], of[ground])
        for face, grounds, at_least in READ_ON
        for ground in grounds
    ]
