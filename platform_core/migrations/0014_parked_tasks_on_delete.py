"""A shop that is deleted takes its parked tasks with it, whoever deletes it."""

from django.db import migrations

ON_DELETE_CASCADE = """
DO $$
DECLARE
    made_by_django text;
BEGIN
    SELECT conname INTO STRICT made_by_django FROM pg_constraint
    WHERE conrelid = 'parked_tasks'::regclass AND contype = 'f' AND confrelid = 'tenants'::regclass;
    EXECUTE format('ALTER TABLE parked_tasks DROP CONSTRAINT %I', made_by_django);
    ALTER TABLE parked_tasks ADD CONSTRAINT parked_tasks_tenant_id_fkey
        FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
END;
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("platform_core", "0013_parked_tasks")]

    operations = [migrations.RunSQL(ON_DELETE_CASCADE, migrations.RunSQL.noop)]
