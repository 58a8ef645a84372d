"""How goods are told apart for tax: three classes that every shop has, and those that the merchant names."""

import re

from django.core.exceptions import ValidationError

STANDARD = "standard"
REDUCED = "reduced"
# Never taxed, whatever the rates say.
ZERO = "zero"
BUILT_IN = {STANDARD: "Standard", REDUCED: "Reduced", ZERO: "Zero"}
# For delivery only: what is delivered is taxed, the way there is not.
UNTAXED = "none"
LONGEST_CLASS = 50
CLASS_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"


def check_tax_class(name: str) -> None:
    """Errors: ValidationError unless `name` can be a class. Named in migrations: do not move it."""
    if name == UNTAXED or not re.fullmatch(CLASS_PATTERN, name):
        raise ValidationError(
            "A tax class is named in lower-case letters, digits and hyphens, such as printed-books.", code="tax_class"
        )
