"""Whose audit entries a transaction may see and add; PostgreSQL's row level security enforces it."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connections, router, transaction

from platform_core.audit.models import AuditLog

# Local to the transaction: a pooled connection carries nothing over to its next borrower.
OPEN_SCOPE = """
    SELECT current_setting('app.current_tenant_id', true), current_setting('app.audit_scope', true),
           set_config('app.current_tenant_id', %s, true), set_config('app.audit_scope', %s, true)
"""


@contextmanager
def tenant_scope(tenant_id: UUID) -> Iterator[None]:
    """A transaction on the platform's database that sees and adds the entries of one tenant only."""
    with _scope(str(tenant_id), ""):
        yield


@contextmanager
def platform_scope() -> Iterator[None]:
    """A transaction on the platform's database that sees and adds every entry: for operators."""
    with _scope("", "platform"):
        yield


@contextmanager
def _scope(tenant_id: str, scope: str) -> Iterator[None]:
    alias = router.db_for_write(AuditLog)
    with transaction.atomic(using=alias):
        before = _open(alias, tenant_id, scope)
        yield
        # The surrounding transaction, if any, goes on in its own scope; an error takes the settings back by itself.
        _open(alias, *before)


def _open(alias: str, tenant_id: str, scope: str) -> tuple[str, str]:
    with connections[alias].cursor() as cursor:
        cursor.execute(OPEN_SCOPE, [tenant_id, scope])
        earlier_tenant, earlier_scope, *_ = cursor.fetchone()
    return earlier_tenant or "", earlier_scope or ""
