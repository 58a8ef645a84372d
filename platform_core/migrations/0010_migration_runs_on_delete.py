"""What goes with a run or a tenant goes in the database, too, whoever deletes it."""

from django.db import migrations

# Django deletes dependent rows itself and leaves the database without a rule; this one holds for everybody.
ON_DELETE_RULE = """
DO $$
DECLARE
    made_by_django text;
BEGIN
    SELECT conname INTO STRICT made_by_django FROM pg_constraint
    WHERE conrelid = 'shop_migrations'::regclass AND contype = 'f' AND confrelid = '{to}'::regclass;
    EXECUTE format('ALTER TABLE shop_migrations DROP CONSTRAINT %I', made_by_django);
    ALTER TABLE shop_migrations ADD CONSTRAINT shop_migrations_{column}_fkey
        FOREIGN KEY ({column}) REFERENCES {to} (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
END;
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("platform_core", "0009_migration_runs")]

    operations = [
        migrations.RunSQL(ON_DELETE_RULE.format(column=column, to=to), migrations.RunSQL.noop)
        for column, to in (("tenant_id", "tenants"), ("run_id", "migration_runs"))
    ]
