"""Shops that asked for a region are bound to it from now on."""

from django.db import migrations

BIND = """
UPDATE tenants SET region = asked.region
FROM (
    SELECT DISTINCT ON (tenant_id) tenant_id, request ->> 'region' AS region
    FROM provisioning_runs WHERE request ->> 'region' <> '' ORDER BY tenant_id, started_at DESC
) asked, database_servers
WHERE asked.tenant_id = tenants.id AND database_servers.key = tenants.server
  AND database_servers.region = asked.region
"""


class Migration(migrations.Migration):
    dependencies = [("platform_core", "0015_moves_and_regions")]

    operations = [migrations.RunSQL(BIND, migrations.RunSQL.noop)]
