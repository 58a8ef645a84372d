"""What settings may say, for whichever door they come through: lengths in characters, and shapes."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

LONGEST_NAME = 255
LONGEST_INSTRUCTIONS = 1000
LONGEST_SENTENCE = 200
LONGEST_PHONE = 40
LONGEST_ADDRESS = 300
LONGEST_TERMS = 300
LONGEST_INVOICE_LINES = 600
# Days.
LONGEST_RETURN = 365
MOST_NOTICES = 10
HIGHEST_THRESHOLD = 1_000_000
# A whole text that is a telephone number.
PHONE = r"\+?[0-9][0-9 ()/.-]{3,}"


def lines_of(text: str) -> str:
    """The lines that say something, without white space at their ends."""
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def notice_addresses(written: str) -> list[str]:
    """The e-mail addresses in a text, parted by white space or commas, each once and in small letters.

    Errors: ValidationError for what is none, and for more than ten.
    """
    addresses = list(dict.fromkeys(address.lower() for address in written.replace(",", " ").split()))
    for address in addresses:
        try:
            validate_email(address)
        except ValidationError as error:
            raise ValidationError(f"“{address}” is no e-mail address.", "invalid") from error
    if len(addresses) > MOST_NOTICES:
        raise ValidationError(f"At most {MOST_NOTICES} addresses.", "max_length")
    return addresses
