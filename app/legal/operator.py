"""Who runs this site, and what of it they have not said yet."""

from app.config import Settings

# What § 5 DDG and Article 13 GDPR want of every operator. The rest is wanted of some.
NEEDED = (
    "OPERATOR_NAME",
    "OPERATOR_ADDRESS",
    "CONTACT_EMAIL",
    "OPERATOR_PHONE",
    "DATA_PROCESSORS",
)


def missing(settings: Settings) -> list[str]:
    """The variables that every operator needs and this one has left empty."""
    return [variable for variable in NEEDED if not getattr(settings, variable.lower())]


def warning(settings: Settings) -> str | None:
    """What to tell an operator whose legal pages are incomplete, in one sentence."""
    if variables := missing(settings):
        return f"The legal pages are not complete: set {', '.join(variables)}."
    return None
