"""Names as people typed or pasted them, made fit to be stored and shown."""

import unicodedata

from app.errors import Invalid


def cleaned(text: str, field: str, *, shortest: int, longest: int) -> str:
    """The text in one line without control characters. Invalid if it is too short or too long."""
    visible = "".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in text)
    line = unicodedata.normalize("NFC", " ".join(visible.split()))
    label = field.capitalize()
    if not line:
        raise Invalid(f"{label} is missing.", field)
    if len(line) < shortest:
        raise Invalid(f"{label} needs at least {shortest} characters.", field)
    if len(line) > longest:
        raise Invalid(f"{label} has {len(line)} characters. At most {longest} fit.", field)
    return line
