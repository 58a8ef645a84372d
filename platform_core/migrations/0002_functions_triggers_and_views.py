"""What models cannot say: functions, triggers, ON DELETE in the database, views."""

from django.conf import settings
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations

SCHEMA_VERSIONS = """
CREATE TABLE schema_versions (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    version VARCHAR(20) NOT NULL,
    description TEXT,
    applied_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO schema_versions (version, description) VALUES ('1.0.0', 'Initial schema');
"""

UPDATED_AT_FUNCTION = """
CREATE FUNCTION update_updated_at_column() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at = CURRENT_TIMESTAMP;
    RETURN NEW;
END;
$$;
"""

# Every table that has the column.
TABLES_WITH_UPDATED_AT = [
    "tenants",
    "tenant_plans",
    "platform_users",
    "tenant_subscriptions",
    "billing_invoices",
    "platform_settings",
    "database_servers",
]
UPDATED_AT_TRIGGERS = "".join(
    f"CREATE TRIGGER update_{table}_updated_at BEFORE UPDATE ON {table} "
    "FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();\n"
    for table in TABLES_WITH_UPDATED_AT
)

# As platform_core.tenants.slugs.database_name, for people at a terminal; that one also knows the reserved words.
DATABASE_NAME_FUNCTION = f"""
CREATE FUNCTION generate_tenant_database_name(tenant_slug VARCHAR) RETURNS VARCHAR
LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
    IF tenant_slug !~ '^[a-z0-9]+(-[a-z0-9]+)*$' OR length(tenant_slug) > 50 THEN
        RAISE EXCEPTION '"%" cannot be the address of a shop', tenant_slug USING ERRCODE = 'check_violation';
    END IF;
    IF tenant_slug IN ('platform', 'tenant-template') THEN
        RAISE EXCEPTION '"%" is reserved for the platform', tenant_slug USING ERRCODE = 'check_violation';
    END IF;
    RETURN '{settings.DATABASE_PREFIX}' || replace(tenant_slug, '-', '_');
END;
$$;
"""

# Django deletes dependent rows itself and leaves the database without a rule; these hold for everybody.
ON_DELETE = [
    ("tenant_access", "platform_user_id", "platform_users", "CASCADE"),
    ("tenant_access", "tenant_id", "tenants", "CASCADE"),
    ("tenant_subscriptions", "tenant_id", "tenants", "CASCADE"),
    ("spare_databases", "claimed_by", "provisioning_runs", "SET NULL"),
    ("provisioning_runs", "tenant_id", "tenants", "CASCADE"),
    ("provisioning_steps", "run_id", "provisioning_runs", "CASCADE"),
]
ON_DELETE_RULE = """
DO $$
DECLARE
    made_by_django text;
BEGIN
    SELECT conname INTO STRICT made_by_django FROM pg_constraint
    WHERE conrelid = '{table}'::regclass AND contype = 'f' AND conkey = ARRAY[
        (SELECT attnum FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attname = '{column}')];
    EXECUTE format('ALTER TABLE {table} DROP CONSTRAINT %I', made_by_django);
    ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_fkey
        FOREIGN KEY ({column}) REFERENCES {target} (id) ON DELETE {rule} DEFERRABLE INITIALLY DEFERRED;
END;
$$;
"""
ON_DELETE_RULES = "".join(
    ON_DELETE_RULE.format(table=table, column=column, target=target, rule=rule)
    for table, column, target, rule in ON_DELETE
)

# An active shop whose database is missing here (lost, or on another server) is listed without a size, first.
# A size needs the right to connect or pg_read_all_stats; without it the size stays empty instead of failing the view.
TENANT_DATABASE_SIZES = """
CREATE VIEW tenant_database_sizes AS
SELECT t.slug AS tenant_slug, t.name AS tenant_name, t.status, pg_size_pretty(size.bytes) AS database_size,
       size.bytes AS size_bytes
FROM tenants t
LEFT JOIN pg_database d ON d.datname = t.database_name
LEFT JOIN LATERAL (
    SELECT CASE
        WHEN has_database_privilege(d.oid, 'CONNECT') OR pg_has_role('pg_read_all_stats', 'USAGE')
        THEN pg_database_size(d.oid)
    END AS bytes
) size ON d.oid IS NOT NULL
WHERE t.status = 'active'
ORDER BY size.bytes DESC NULLS FIRST;
"""

TENANT_CONNECTION_STATS = """
CREATE VIEW tenant_connection_stats AS
SELECT t.slug AS tenant_slug, sa.datname AS database_name, COUNT(*) AS active_connections,
       COUNT(*) FILTER (WHERE sa.state = 'active') AS active_queries,
       COUNT(*) FILTER (WHERE sa.state = 'idle') AS idle_connections
FROM pg_stat_activity sa
JOIN tenants t ON sa.datname = t.database_name
GROUP BY t.slug, sa.datname
ORDER BY active_connections DESC;
"""


class Migration(migrations.Migration):
    dependencies = [("platform_core", "0001_initial")]

    operations = [
        TrigramExtension(),
        migrations.RunSQL(SCHEMA_VERSIONS, "DROP TABLE schema_versions"),
        migrations.RunSQL(UPDATED_AT_FUNCTION, "DROP FUNCTION update_updated_at_column() CASCADE"),
        migrations.RunSQL(UPDATED_AT_TRIGGERS, migrations.RunSQL.noop),
        migrations.RunSQL(DATABASE_NAME_FUNCTION, "DROP FUNCTION generate_tenant_database_name(VARCHAR)"),
        migrations.RunSQL(ON_DELETE_RULES, migrations.RunSQL.noop),
        migrations.RunSQL(TENANT_DATABASE_SIZES, "DROP VIEW tenant_database_sizes"),
        migrations.RunSQL(TENANT_CONNECTION_STATS, "DROP VIEW tenant_connection_stats"),
    ]
