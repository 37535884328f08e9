"""Mail addresses: one spelling each, so that one person is one account."""

from email_validator import EmailNotValidError, validate_email

from app.errors import Invalid


def folded(email: str) -> str:
    """The address as it is stored and compared. Invalid if it cannot be one.

    ASCII only: an international domain becomes its `xn--` form, which every mail
    server understands and which has no two spellings.
    """
    try:
        address = validate_email(email.strip(), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise Invalid("Enter an email address such as name@example.org.", field="email") from None
    return (address.ascii_email or address.normalized).lower()
