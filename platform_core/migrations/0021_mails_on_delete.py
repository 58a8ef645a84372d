"""A merchant that is deleted takes its promised mails with it, whoever deletes it."""

from django.db import migrations

ON_DELETE_CASCADE = """
DO $$
DECLARE
    made_by_django text;
BEGIN
    SELECT conname INTO STRICT made_by_django FROM pg_constraint
    WHERE conrelid = 'platform_mails'::regclass AND contype = 'f' AND confrelid = 'tenants'::regclass;
    EXECUTE format('ALTER TABLE platform_mails DROP CONSTRAINT %I', made_by_django);
    ALTER TABLE platform_mails ADD CONSTRAINT platform_mails_tenant_id_fkey
        FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
END;
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("platform_core", "0020_mails_and_dunning")]

    operations = [migrations.RunSQL(ON_DELETE_CASCADE, migrations.RunSQL.noop)]
