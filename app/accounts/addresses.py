"""Mail addresses: one spelling each, so that one person is one account."""

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _

from app.config import settings
from app.errors import Invalid


def folded(email: str) -> str:
    """The address as it is stored and compared. Invalid if it cannot be one.

    ASCII only: an international domain becomes its `xn--` form, which every mail
    server understands and which has no two spellings.
    """
    try:
        address = validate_email(
            email.strip(),
            check_deliverability=False,
            allow_smtputf8=False,
            # Whoever tries the site out may use names that are reserved for that (RFC 2606).
            test_environment=not settings().is_production,
        )
    except EmailNotValidError:
        raise Invalid(
            _("Enter an email address such as name@example.org."), field="email"
        ) from None
    return (address.ascii_email or address.normalized).lower()
