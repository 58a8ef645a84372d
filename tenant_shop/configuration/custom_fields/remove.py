"""Taking a field of the merchant's own away, with all its values."""

from uuid import UUID

from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.transactions import after_commit, shop_transaction
from tenant_shop.configuration.custom_fields.index import queue_indexes
from tenant_shop.configuration.custom_fields.models import CustomField
from tenant_shop.configuration.custom_fields.owners import table_of

TAKE_AWAY = """
UPDATE {table}
SET metadata = CASE WHEN metadata -> 'fields' = jsonb_build_object(%(key)s::text, metadata -> 'fields' -> %(key)s)
                    THEN metadata - 'fields' ELSE metadata #- ARRAY['fields', %(key)s] END
WHERE metadata -> 'fields' ? %(key)s
"""
COUNT = "SELECT count(*) FROM {table} WHERE metadata -> 'fields' ? %(key)s"


def count_values(field: CustomField) -> int:
    """How many rows have a value for the field. One SELECT."""
    with shop_connection().cursor() as cursor:
        cursor.execute(COUNT.format(table=table_of(field.owner)), {"key": field.key})
        return int(cursor.fetchone()[0])


def remove_field(field_id: UUID) -> int:
    """Delete the field and its values; how many went. After commit a worker removes its index, if it has one.

    Errors: CustomField.DoesNotExist.
    """
    with shop_transaction():
        field = CustomField.objects.select_for_update().get(pk=field_id)
        had_index = field.is_indexed or field.index_state != CustomField.IndexState.NONE
        field.delete()
        with shop_connection().cursor() as cursor:
            cursor.execute(TAKE_AWAY.format(table=table_of(field.owner)), {"key": field.key})
            gone = cursor.rowcount
        if had_index:
            after_commit(queue_indexes)
    return int(gone)
