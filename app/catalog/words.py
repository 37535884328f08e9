"""How text is made findable, on every database alike: folded to plain letters, cut into words."""

import re
import unicodedata
from collections.abc import Iterable

# Letters that Unicode does not take apart into a plain one and a mark.
LETTERS = str.maketrans(
    {
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ħ": "h",
        "\u0131": "i",
    }
)
# How German is written where there are no umlauts: "Muenchen".
GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
LONGEST_WORD = 40  # characters. Longer ones are cut, in the index as in the query.
WORD = re.compile(r"[^\W_]+")


def fold(text: str) -> str:
    """`München` as `munchen`, `Straße` as `strasse`: no case, no marks."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(LETTERS))
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return unicodedata.normalize("NFKC", plain).casefold()


def words(text: str) -> list[str]:
    """The folded words in their order: `1. FC Köln` as `1`, `fc`, `koln`."""
    return [word[:LONGEST_WORD] for word in WORD.findall(fold(text))]


def key(text: str) -> str:
    """What two spellings of one name have in common. Names of signs alone are kept as they are."""
    return " ".join(words(text)) or fold(text).strip()


def search_words(texts: Iterable[str]) -> str:
    """What an event is found by: each word once, with ä, ö and ü also as ae, oe and ue."""
    found: dict[str, None] = {}
    for text in texts:
        composed = unicodedata.normalize("NFKC", text).casefold()
        found.update(dict.fromkeys(words(text)))
        found.update(dict.fromkeys(words(composed.translate(GERMAN))))
    return " ".join(found)
