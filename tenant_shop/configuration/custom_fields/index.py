"""Indexes of custom fields: made and removed in one shop's database, while it sells.

What should be there is what the definitions want; `keep_indexes` makes it so, from whatever it finds. Whoever is killed
in between leaves an invalid index behind, which the next round replaces.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from celery import shared_task
from django.db import DatabaseError, connections
from django.db.backends.utils import CursorWrapper
from kombu.exceptions import OperationalError

from platform_core.tenancy.connections import owner_alias, shop_connection
from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.tasks import TenantTask
from platform_core.tenancy.transactions import after_commit, shop_transaction
from tenant_shop.configuration.custom_fields.errors import IndexesBusy
from tenant_shop.configuration.custom_fields.expression import sql_of
from tenant_shop.configuration.custom_fields.models import CustomField
from tenant_shop.configuration.custom_fields.owners import table_of

logger = logging.getLogger(__name__)

State = CustomField.IndexState
LOCK = "hashtext('custom field indexes')"
AGAIN_SECONDS = int(timedelta(seconds=15).total_seconds())
# Which are missing, broken or unwanted, as a rule of the books tells it; whoever asks need not be able to make any.
OUT_OF_STEP = """
WITH there AS (
    SELECT c.relname::text AS name, i.indisvalid AS is_valid
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relname ~ '^custom_(product|customer|order)_[0-9a-f]{{32}}$'
)
SELECT 'custom field', COALESCE(f.id, right(t.name, 32)::uuid), COALESCE(f.name, t.name),
       CASE WHEN t.is_valid THEN 'an index' WHEN t.name IS NULL THEN 'no index' ELSE 'a broken index' END,
       CASE WHEN f.id IS NULL THEN 'no index' ELSE 'an index' END
FROM (SELECT * FROM custom_fields WHERE is_indexed AND {state}) f
FULL JOIN there t ON t.name = 'custom_' || f.owner || '_' || replace(f.id::text, '-', '')
WHERE f.id IS NULL AND NOT EXISTS (
          SELECT FROM custom_fields c
          WHERE c.is_indexed AND 'custom_' || c.owner || '_' || replace(c.id::text, '-', '') = t.name)
   OR f.id IS NOT NULL AND t.is_valid IS DISTINCT FROM true
ORDER BY 2
"""
THERE = """
SELECT c.relname, i.indisvalid
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE c.relnamespace = 'public'::regnamespace AND c.relname ~ '^custom_(product|customer|order)_[0-9a-f]{32}$'
"""


def index_name(field: CustomField) -> str:
    return f"custom_{field.owner}_{field.pk.hex}"


def want_index(field: CustomField, *, wanted: bool) -> None:
    """Say whether the field's values should be indexed; a worker sees to it after commit."""
    state = State.WAITING if wanted else State.NONE
    with shop_transaction():
        CustomField.objects.filter(pk=field.pk).update(is_indexed=wanted, index_state=state, index_problem="")
        after_commit(queue_indexes)


def queue_indexes() -> None:
    """Have a worker see to the indexes; without a broker the hourly job does."""
    try:
        keep_indexes_task.delay()
    except OperationalError as error:
        logger.warning("indexes of custom fields wait for the hourly job: %s", error)


def keep_indexes() -> None:
    """Remove indexes that no field wants and broken ones, make those that are missing. Never in a transaction.

    A field whose index cannot be made says why. Errors: IndexesBusy while another process is at it.
    """
    with _owner_cursor() as cursor:
        cursor.execute(THERE)
        there: dict[str, bool] = dict(cursor.fetchall())
        wanted = {index_name(field): field for field in CustomField.objects.filter(is_indexed=True)}
        for name, is_valid in there.items():
            if name not in wanted or not is_valid:
                cursor.execute(f'DROP INDEX CONCURRENTLY IF EXISTS "{name}"')
        for name, field in wanted.items():
            problem = "" if there.get(name) else _make(cursor, name, field)
            state = State.FAILED if problem else State.READY
            rows = CustomField.objects.filter(pk=field.pk, is_indexed=True)
            rows.exclude(index_state=state, index_problem=problem).update(index_state=state, index_problem=problem)


def mend_indexes() -> None:
    """The hourly round; a shop where all is well pays one SELECT. Errors: as `keep_indexes`."""
    with shop_connection().cursor() as cursor:
        cursor.execute(OUT_OF_STEP.format(state="true"))
        is_out_of_step = cursor.fetchone() is not None
    if is_out_of_step:
        keep_indexes()


def _make(cursor: CursorWrapper, name: str, field: CustomField) -> str:
    """Make one index; why it cannot be made, or nothing."""
    value = sql_of(field)
    try:
        cursor.execute(
            f'CREATE INDEX CONCURRENTLY IF NOT EXISTS "{name}" ON {table_of(field.owner)} (({value})) '
            f"WHERE ({value}) IS NOT NULL"
        )
    except DatabaseError as error:
        logger.warning("no index for the custom field %s: %s", field.key, error)
        cursor.execute(f'DROP INDEX CONCURRENTLY IF EXISTS "{name}"')
        return str(error).strip().splitlines()[0]
    return ""


@contextmanager
def _owner_cursor() -> Iterator[CursorWrapper]:
    """As the role that may make indexes, with no other process making this shop's.

    The lock is not waited for: who waits holds a snapshot, for which CREATE INDEX CONCURRENTLY would wait in turn.
    """
    tenant = current_tenant()
    with owner_alias(tenant.server, tenant.database_name) as alias, connections[alias].cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_lock({LOCK})")
        if not cursor.fetchone()[0]:
            raise IndexesBusy
        try:
            yield cursor
        finally:
            cursor.execute(f"SELECT pg_advisory_unlock({LOCK})")


@shared_task(  # type: ignore[untyped-decorator]
    base=TenantTask,
    name="configuration.keep_indexes",
    autoretry_for=(IndexesBusy,),
    default_retry_delay=AGAIN_SECONDS,
    max_retries=20,
)
def keep_indexes_task() -> None:
    keep_indexes()


@shared_task(base=TenantTask, name="configuration.mend_indexes")  # type: ignore[untyped-decorator]
def mend_indexes_task() -> None:
    mend_indexes()
