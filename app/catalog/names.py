"""Names as people typed or pasted them, made fit to be stored and shown."""

import unicodedata

from flask_babel import gettext as _

from app.errors import Invalid
from app.visible import in_one_line


def cleaned(text: str, field: str, label: str, *, shortest: int, longest: int) -> str:
    """The text in one line of what can be seen. Invalid if it is too short or too long.

    The refusal names the field and calls it by its label.
    """
    line = unicodedata.normalize("NFC", in_one_line(text))
    if not line:
        raise Invalid(_("%(label)s is missing.", label=label), field)
    if len(line) < shortest:
        raise Invalid(
            _("%(label)s needs at least %(least)s characters.", label=label, least=shortest), field
        )
    if len(line) > longest:
        raise Invalid(
            _(
                "%(label)s has %(count)s characters. At most %(most)s fit.",
                label=label,
                count=len(line),
                most=longest,
            ),
            field,
        )
    return line
