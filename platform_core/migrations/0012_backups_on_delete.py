"""What a deletion takes with it, or leaves behind empty, it does in the database, too, whoever deletes."""

from django.db import migrations

ON_DELETE_RULE = """
DO $$
DECLARE
    made_by_django text;
BEGIN
    SELECT conname INTO STRICT made_by_django FROM pg_constraint
    WHERE conrelid = '{table}'::regclass AND contype = 'f' AND confrelid = '{target}'::regclass;
    EXECUTE format('ALTER TABLE {table} DROP CONSTRAINT %I', made_by_django);
    ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_fkey
        FOREIGN KEY ({column}) REFERENCES {target} (id) ON DELETE {rule} DEFERRABLE INITIALLY DEFERRED;
END;
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("platform_core", "0011_backups_and_restores")]

    operations = [
        migrations.RunSQL(
            ON_DELETE_RULE.format(table="backup_turns", column="tenant_id", target="tenants", rule="CASCADE"),
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            ON_DELETE_RULE.format(table="restores", column="backup_id", target="backups", rule="SET NULL"),
            migrations.RunSQL.noop,
        ),
    ]
