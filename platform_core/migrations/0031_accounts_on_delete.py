"""Rows about a person's log-in, or about a shop's, go with the person and the shop, whoever deletes them."""

from django.db import migrations

# Table, column, and the table that it refers to.
OWNED = (
    ("user_sessions", "user_id", "platform_users"),
    ("user_sessions", "tenant_id", "tenants"),
    ("user_sessions", "impersonation_id", "impersonations"),
    ("user_links", "user_id", "platform_users"),
    ("user_recovery_codes", "user_id", "platform_users"),
    ("impersonations", "tenant_id", "tenants"),
)


def on_delete_cascade(table: str, column: str, owner: str) -> str:
    """Django deletes dependent rows itself and leaves the database without a rule; this one holds for everybody."""
    return f"""
DO $$
DECLARE
    made_by_django text;
BEGIN
    SELECT conname INTO STRICT made_by_django FROM pg_constraint
    WHERE conrelid = '{table}'::regclass AND contype = 'f' AND conkey = ARRAY[
        (SELECT attnum FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attname = '{column}')];
    EXECUTE format('ALTER TABLE {table} DROP CONSTRAINT %I', made_by_django);
    ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_fkey
        FOREIGN KEY ({column}) REFERENCES {owner} (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
END;
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("platform_core", "0030_accounts")]

    operations = [migrations.RunSQL(on_delete_cascade(*row), migrations.RunSQL.noop) for row in OWNED]
