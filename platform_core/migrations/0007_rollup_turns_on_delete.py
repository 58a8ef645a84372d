"""What goes with a tenant goes in the database, too, whoever deletes it."""

from django.db import migrations

ON_DELETE_RULE = """
DO $$
DECLARE
    made_by_django text;
BEGIN
    SELECT conname INTO STRICT made_by_django FROM pg_constraint
    WHERE conrelid = '{table}'::regclass AND contype = 'f';
    EXECUTE format('ALTER TABLE {table} DROP CONSTRAINT %I', made_by_django);
    ALTER TABLE {table} ADD CONSTRAINT {table}_tenant_id_fkey
        FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
END;
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("platform_core", "0006_rollup_turns")]

    operations = [
        migrations.RunSQL(ON_DELETE_RULE.format(table=table), migrations.RunSQL.noop)
        for table in ("rollup_turns", "tenant_metrics")
    ]
