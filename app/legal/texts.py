"""The texts, each written in every language: templates/legal/<name>.<language>.html."""

from dataclasses import dataclass
from datetime import date

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class Text:
    """`as_of` is the day on which its words last changed; `needs` the variables it fills in."""

    name: str
    title: LazyString
    as_of: date
    needs: tuple[str, ...] = ()


IMPRINT = Text(
    "imprint",
    _l("Imprint"),
    date(2026, 11, 24),
    needs=("OPERATOR_NAME", "OPERATOR_ADDRESS", "CONTACT_EMAIL", "OPERATOR_PHONE"),
)
TERMS = Text("terms", _l("Terms"), date(2026, 11, 24), needs=("OPERATOR_NAME", "CONTACT_EMAIL"))
PRIVACY = Text(
    "privacy",
    _l("Privacy"),
    date(2026, 11, 24),
    needs=("OPERATOR_NAME", "OPERATOR_ADDRESS", "CONTACT_EMAIL", "DATA_PROCESSORS"),
)
FEES = Text("fees", _l("Fees"), date(2026, 11, 24))
RANKING = Text("ranking", _l("How we rank"), date(2026, 11, 24))
ACCESSIBILITY = Text(
    "accessibility",
    _l("Accessibility"),
    date(2026, 11, 24),
    needs=("OPERATOR_NAME", "CONTACT_EMAIL"),
)

TEXTS = (IMPRINT, TERMS, PRIVACY, FEES, RANKING, ACCESSIBILITY)
