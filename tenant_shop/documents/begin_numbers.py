"""Letting the numbers of documents go on from a higher one."""

from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.documents.errors import NumberGivenOut, NumberTooHigh
from tenant_shop.documents.models import Document, DocumentCounter

HIGHEST = 999_999_999


def begin_numbers(kind: Document.Kind, number: int) -> None:
    """Have the next document of `kind` written with `number`, and those after it go on from there.

    Numbers only rise, so that none is ever given out twice: a merchant who comes from elsewhere goes on where they
    were. One statement, and one more for a refusal. Errors: NumberGivenOut; NumberTooHigh.
    """
    if number > HIGHEST:
        raise NumberTooHigh(number, HIGHEST)
    with shop_transaction():
        with shop_connection().cursor() as cursor:
            cursor.execute(
                "INSERT INTO document_counters AS counter (kind, last_number, ahead) "
                "VALUES (%(kind)s, 0, %(number)s - 1) "
                "ON CONFLICT (kind) DO UPDATE SET ahead = %(number)s - counter.last_number - 1 "
                "WHERE counter.last_number + counter.ahead < %(number)s RETURNING kind",
                {"kind": kind.value, "number": number},
            )
            is_done = cursor.fetchone() is not None
        if not is_done:
            raise NumberGivenOut(number, next_written(kind))


def next_written(kind: Document.Kind) -> int:
    """The number of the next document of a kind, as it will be written. One statement."""
    counter = DocumentCounter.objects.filter(kind=kind).first()
    return counter.last_number + counter.ahead + 1 if counter else 1


def is_beginning_of(kind: Document.Kind, prefix: str) -> bool:
    """Whether a document of `kind` has a number that begins with `prefix`, and nothing but digits behind it. It reads
    them all."""
    return bool(prefix) and Document.objects.filter(kind=kind, number__regex=rf"^{_quoted(prefix)}[0-9]+$").exists()


def _quoted(text: str) -> str:
    return "".join(rf"\{letter}" if not letter.isalnum() else letter for letter in text)
