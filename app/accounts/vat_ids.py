"""VAT numbers: whether one could be what it says. Nobody is asked whether it exists."""

import re

# What follows the country's code, https://ec.europa.eu/taxation_customs/vies/#/faq.
# Greece writes EL; Northern Ireland, which trades goods by the rules of the EU, XI.
EU = {
    "AT": r"U\d{8}",
    "BE": r"[01]\d{9}",
    "BG": r"\d{9,10}",
    "CY": r"\d{8}[A-Z]",
    "CZ": r"\d{8,10}",
    "DE": r"\d{9}",
    "DK": r"\d{8}",
    "EE": r"\d{9}",
    "EL": r"\d{9}",
    "ES": r"[A-Z\d]\d{7}[A-Z\d]",
    "FI": r"\d{8}",
    "FR": r"[A-Z\d]{2}\d{9}",
    "HR": r"\d{11}",
    "HU": r"\d{8}",
    "IE": r"\d[A-Z\d+*]\d{5}[A-Z]{1,2}",
    "IT": r"\d{11}",
    "LT": r"(\d{9}|\d{12})",
    "LU": r"\d{8}",
    "LV": r"\d{11}",
    "MT": r"\d{8}",
    "NL": r"\d{9}B\d{2}",
    "PL": r"\d{10}",
    "PT": r"\d{9}",
    "RO": r"\d{2,10}",
    "SE": r"\d{12}",
    "SI": r"\d{8}",
    "SK": r"\d{10}",
    "XI": r"(\d{9}|\d{12}|(GD|HA)\d{3})",
}
ELSEWHERE = r"[A-Z]{2,3}[A-Z\d]{4,15}"


def folded(text: str) -> str | None:
    """`de 123 456 789` as `DE123456789`. None if it cannot be one.

    Those of the EU must look as their country's do; others begin with letters, too.
    """
    number = re.sub(r"[\s.\-/]", "", text).upper()
    number = re.sub("^GR", "EL", number)
    pattern = EU.get(number[:2])
    looks = number[:2] + pattern if pattern else ELSEWHERE
    return number if re.fullmatch(looks, number, re.ASCII) else None
