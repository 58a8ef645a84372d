"""What is known of a tax id goes with its merchant, whoever deletes it; ids that were given before are asked about."""

from django.db import migrations

# Django deletes dependent rows itself and leaves the database without a rule; this one holds for everybody.
ON_DELETE_CASCADE = """
DO $$
DECLARE
    made_by_django text;
BEGIN
    SELECT conname INTO STRICT made_by_django FROM pg_constraint
    WHERE conrelid = 'tenant_tax_ids'::regclass AND contype = 'f';
    EXECUTE format('ALTER TABLE tenant_tax_ids DROP CONSTRAINT %I', made_by_django);
    ALTER TABLE tenant_tax_ids ADD CONSTRAINT tenant_tax_ids_tenant_id_fkey
        FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
END;
$$;
"""
# Ids that merchants have given before are asked about in the first round.
KNOWN_ALREADY = "INSERT INTO tenant_tax_ids (tenant_id, tax_id) SELECT id, tax_id FROM tenants WHERE tax_id > '';"


class Migration(migrations.Migration):
    dependencies = [("platform_core", "0035_tax_ids")]

    operations = [
        migrations.RunSQL(ON_DELETE_CASCADE, migrations.RunSQL.noop),
        migrations.RunSQL(KNOWN_ALREADY, migrations.RunSQL.noop),
    ]
