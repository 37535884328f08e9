"""UTF-8 of which a part may be something else: the rest is read all the same."""

import re

NOT_UTF8 = "is not UTF-8. Save the file with that encoding"
_BROKEN = re.compile(r"[\udc80-\udcff]")


def decoded(content: bytes) -> str:
    """The text. Bytes that are not UTF-8 stand in it as signs that `is_broken` knows."""
    return content.decode("utf-8", "surrogateescape")


def is_broken(text: str) -> bool:
    """Whether a part of it was not UTF-8."""
    return bool(_BROKEN.search(text))
