"""What stands before the numbers of documents, so that no two of them are ever called alike."""

import re

from django.core.exceptions import ValidationError

from tenant_shop.documents.begin_numbers import is_beginning_of
from tenant_shop.documents.models import Document

LONGEST_PREFIX = 16
# Letters and digits, and . / _ - between them; another sign than a digit at its end.
PREFIX = r"^([A-Za-z]|[A-Za-z0-9][A-Za-z0-9./_-]{0,14}[A-Za-z./_-])$"
SIGNS = re.compile(r"[A-Za-z0-9][A-Za-z0-9./_-]{0,15}")
OTHER = {
    Document.Kind.INVOICE: Document.Kind.CREDIT_NOTE,
    Document.Kind.CREDIT_NOTE: Document.Kind.INVOICE,
}


def check_prefix(kind: Document.Kind, prefix: str) -> None:
    """Errors: ValidationError for what no number can begin with, and, as `prefix_taken`, where a document of the other
    kind has a number that begins like this."""
    if not SIGNS.fullmatch(prefix):
        raise ValidationError("Letters and digits, and . / _ - between them, such as INV-.", "invalid")
    if prefix[-1].isdigit():
        raise ValidationError("Let it end with another sign than a digit, such as 2026-: numbers follow.", "invalid")
    if is_beginning_of(OTHER[kind], prefix):
        raise ValidationError("Documents of the other kind have numbers that begin like this.", "prefix_taken")


def check_apart(invoices: str, credit_notes: str) -> None:
    """Errors: ValidationError (`prefix_taken`) where both kinds would begin alike."""
    if invoices == credit_notes:
        raise ValidationError(
            "Invoices and credit notes need beginnings of their own: two would be called alike.", "prefix_taken"
        )
