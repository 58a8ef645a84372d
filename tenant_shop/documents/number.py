"""Numbers of documents."""

from platform_core.tenancy.connections import shop_connection
from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.documents.models import Document

DIGITS = 6


def next_number(kind: Document.Kind, shop: ShopSettings) -> tuple[int, str]:
    """The next number of a kind: as it is counted, and as it is written. One statement.

    The kind's counter stays locked until the transaction ends, and a transaction that is rolled back, or dies, gives
    its number back: there is never a gap. Everybody else who issues waits from here on: call it last.
    """
    with shop_connection().cursor() as cursor:
        cursor.execute(
            "INSERT INTO document_counters AS counter (kind, last_number) VALUES (%s, 1) "
            "ON CONFLICT (kind) DO UPDATE SET last_number = counter.last_number + 1 RETURNING last_number, ahead",
            [kind.value],
        )
        sequence, ahead = cursor.fetchone()
    prefix = shop.invoice_prefix if kind == Document.Kind.INVOICE else shop.credit_note_prefix
    return sequence, written(prefix, sequence + ahead)


def written(prefix: str, number: int) -> str:
    return f"{prefix}{number:0{DIGITS}d}"
