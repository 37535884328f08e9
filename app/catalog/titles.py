"""Whether two titles are likely to mean the same evening. Pure."""

from difflib import SequenceMatcher

from app.catalog.words import key, words

# Words that many titles share and that therefore tell nothing.
COMMON = frozenset(
    ("the", "and", "und", "der", "die", "das", "mit", "with", "live", "tour", "gegen", "versus")
)
NEARLY_THE_SAME = 0.9  # of the letters, in their order: "Hafenlichtr" is "Hafen Lichter"


def are_alike(one: str, other: str) -> bool:
    """One says all that the other says, or they are the same but for a slip of the pen.

    Having some words in common is not enough: every match of a club would be like the next.
    """
    ones, others = _telling_words(one), _telling_words(other)
    if not (ones and others):  # titles of signs alone
        return key(one) == key(other)
    if ones <= others or others <= ones:
        return True
    if _numbers(ones) != _numbers(others):
        return False
    letters = ("".join(words(one)), "".join(words(other)))
    return SequenceMatcher(None, *letters).ratio() >= NEARLY_THE_SAME


def _telling_words(title: str) -> set[str]:
    found = set(words(title))
    telling = {word for word in found if len(word) > 2 or word.isdigit()} - COMMON
    return telling or found


def _numbers(found: set[str]) -> set[str]:
    return {word for word in found if word.isdigit()}
