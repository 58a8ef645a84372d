"""Numbering invoices without a gap."""

from datetime import date

from django.db import connection

NEXT = """
INSERT INTO invoice_counters AS counter (series, last_number) VALUES (%s, 1)
ON CONFLICT (series) DO UPDATE SET last_number = counter.last_number + 1 RETURNING last_number
"""


def next_number(prefix: str, issued: date) -> str:
    """The next number of the year, as in SS-2026-000042. One statement.

    The counter stays locked until the caller's transaction ends, and a rollback gives the number back: call it last.
    """
    series = f"{prefix}-{issued.year}"
    with connection.cursor() as cursor:
        cursor.execute(NEXT, (series,))
        row: tuple[int] = cursor.fetchone()
    return f"{series}-{row[0]:06d}"
