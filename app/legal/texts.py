"""The texts, each written in every language: templates/legal/<name>.<language>.html."""

from dataclasses import dataclass
from datetime import date

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class Text:
    """`summary` is for search engines; `as_of` is the day on which its words last changed; `needs`
    are the variables it fills in.
    """

    name: str
    title: LazyString
    summary: LazyString
    as_of: date
    needs: tuple[str, ...] = ()


IMPRINT = Text(
    "imprint",
    _l("Imprint"),
    _l("Who runs this site, and how to reach them."),
    date(2026, 11, 24),
    needs=("OPERATOR_NAME", "OPERATOR_ADDRESS", "CONTACT_EMAIL", "OPERATOR_PHONE"),
)
TERMS = Text(
    "terms",
    _l("Terms"),
    _l("Who agrees what with whom when tickets are bought and sold here."),
    date(2026, 11, 24),
    needs=("OPERATOR_NAME", "CONTACT_EMAIL"),
)
PRIVACY = Text(
    "privacy",
    _l("Privacy"),
    _l("What is stored about you, why, and for how long."),
    date(2026, 11, 24),
    needs=("OPERATOR_NAME", "OPERATOR_ADDRESS", "CONTACT_EMAIL", "DATA_PROCESSORS"),
)
FEES = Text(
    "fees",
    _l("Fees"),
    _l("What buyers pay and what sellers receive, with examples."),
    date(2026, 11, 24),
)
RANKING = Text(
    "ranking",
    _l("How we rank"),
    _l("Why what stands first stands first, and that nobody can pay for it."),
    date(2026, 11, 24),
)
ACCESSIBILITY = Text(
    "accessibility",
    _l("Accessibility"),
    _l("How everybody can use this site, and whom to tell where somebody cannot."),
    date(2026, 11, 24),
    needs=("OPERATOR_NAME", "CONTACT_EMAIL"),
)

TEXTS = (IMPRINT, TERMS, PRIVACY, FEES, RANKING, ACCESSIBILITY)
