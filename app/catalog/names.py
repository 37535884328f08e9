"""Names as people typed or pasted them, made fit to be stored and shown."""

import unicodedata

from app.errors import Invalid
from app.visible import visible


def cleaned(text: str, field: str, *, shortest: int, longest: int, label: str | None = None) -> str:
    """The text in one line of what can be seen. Invalid if it is too short or too long.

    The refusal calls it by the label that the form shows, if that is not the field's name.
    """
    line = unicodedata.normalize("NFC", " ".join(visible(text).split()))
    label = label or field.capitalize()
    if not line:
        raise Invalid(f"{label} is missing.", field)
    if len(line) < shortest:
        raise Invalid(f"{label} needs at least {shortest} characters.", field)
    if len(line) > longest:
        raise Invalid(f"{label} has {len(line)} characters. At most {longest} fit.", field)
    return line
