"""Who opens another shop while bills of theirs are overdue."""

from datetime import date

from django.db import connection

from platform_core.tenants.person import PERSON_SQL, person_of
from smartseller.errors import RuleViolation

OVERDUE = f"""
SELECT EXISTS (
    SELECT FROM tenants
    JOIN billing_invoices i ON i.tenant_id = tenants.id AND i.kind <> 'credit' AND i.status IN ('pending', 'failed')
    WHERE i.due_date < %(today)s AND {PERSON_SQL.format("tenants.contact_email")} = %(person)s
)
"""  # noqa: S608


class BillsOverdue(RuleViolation):
    """Told to nobody but who has proven the mailbox."""

    code = "bills_overdue"

    def __init__(self) -> None:
        super().__init__("A bill of another shop of yours is overdue. Pay it, and open the next shop then.")


def refuse_who_owes(email: str, *, today: date) -> None:
    """Not for shops that operators make. One statement. Errors: BillsOverdue when another shop of the same person
    (`tenants.person`) has a bill whose day is over on `today` (UTC)."""
    with connection.cursor() as cursor:
        cursor.execute(OVERDUE, {"person": person_of(email), "today": today})
        if cursor.fetchone()[0]:
            raise BillsOverdue
