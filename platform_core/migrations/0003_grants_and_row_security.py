"""What the role that serves requests may do: read and write rows, never change tables, never rewrite the audit log."""

from django.conf import settings
from django.db import migrations

APP_ROLE = '"' + settings.DATABASE_APP_ROLE.replace('"', '""') + '"'

# Django's own tables may come before or after this migration: both are covered.
GRANTS = f"""
GRANT USAGE ON SCHEMA public TO {APP_ROLE};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP_ROLE};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP_ROLE};
"""
# Migrations write these, requests only read them.
READ_ONLY = f"""
REVOKE INSERT, UPDATE, DELETE ON schema_versions, django_migrations FROM {APP_ROLE};
REVOKE INSERT, UPDATE, DELETE ON tenant_database_sizes, tenant_connection_stats FROM {APP_ROLE};
"""
APPEND_ONLY = f"""
REVOKE UPDATE, DELETE ON platform_audit_log FROM {APP_ROLE};
"""

# A transaction sees and adds the entries of the tenant it names with SET LOCAL, or all of them when it says that it
# is the platform's; see platform_core.audit.scope. Without either it sees nothing. There is no policy for UPDATE and
# DELETE, and FORCE binds the owner as well, so that nobody but a superuser rewrites the log.
# A dump of the platform by its owner needs `--enable-row-security` and PGOPTIONS='-c app.audit_scope=platform'.
IN_SCOPE = """
(
    current_setting('app.audit_scope', true) = 'platform'
    OR tenant_id = NULLIF(current_setting('app.current_tenant_id', true), '')::uuid
)
"""
ROW_SECURITY = f"""
ALTER TABLE platform_audit_log ENABLE ROW LEVEL SECURITY;
ALTER TABLE platform_audit_log FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_audit_isolation ON platform_audit_log FOR SELECT USING {IN_SCOPE};
CREATE POLICY tenant_audit_insertion ON platform_audit_log FOR INSERT WITH CHECK {IN_SCOPE};
"""
NO_ROW_SECURITY = """
DROP POLICY tenant_audit_isolation ON platform_audit_log;
DROP POLICY tenant_audit_insertion ON platform_audit_log;
ALTER TABLE platform_audit_log NO FORCE ROW LEVEL SECURITY;
ALTER TABLE platform_audit_log DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("platform_core", "0002_functions_triggers_and_views")]

    operations = [
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
        migrations.RunSQL(READ_ONLY, migrations.RunSQL.noop),
        migrations.RunSQL(APPEND_ONLY, migrations.RunSQL.noop),
        migrations.RunSQL(ROW_SECURITY, NO_ROW_SECURITY),
    ]
