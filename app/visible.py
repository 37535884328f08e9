"""What can be seen of a text that people typed or pasted."""

import re
import unicodedata

# Persian and Indian scripts, and the emoji of a family, need these between two others.
JOINERS = "\u200c\u200d"
LOOSE_JOINER = re.compile(rf"(?<![^\s{JOINERS}])[{JOINERS}]|[{JOINERS}](?![^\s{JOINERS}])")
# Formats, such as one that turns the direction of what follows, and half characters.
UNSEEN = ("Cf", "Cs")


def visible(text: str) -> str:
    """The text without what nobody sees and no database may take; a control becomes a space."""
    return "".join(_visible(sign) for sign in LOOSE_JOINER.sub("", text))


def in_one_line(text: str) -> str:
    """What can be seen of the text, with single spaces between its words."""
    return " ".join(visible(text).split())


def _visible(sign: str) -> str:
    category = unicodedata.category(sign)
    if category == "Cc":
        return " "
    return "" if category in UNSEEN and sign not in JOINERS else sign
