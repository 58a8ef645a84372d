"""What the role that serves requests may do: read and write rows, never change tables, never rewrite a ledger."""

from django.conf import settings
from django.db import migrations

APP_ROLE = '"' + settings.DATABASE_APP_ROLE.replace('"', '""') + '"'

# Tables made later, Django's sessions among them, are covered by the default privileges.
GRANTS = f"""
GRANT USAGE ON SCHEMA public TO {APP_ROLE};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP_ROLE};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP_ROLE};
"""
# Where one role does everything it must keep its rights: it owns the tables.
RESTRICTIONS = f"""
DO $$
BEGIN
    IF current_user::regrole <> '{APP_ROLE.replace("'", "''")}'::regrole THEN
        REVOKE INSERT, UPDATE, DELETE ON tenant_sentinel, schema_versions, django_migrations FROM {APP_ROLE};
        REVOKE UPDATE, DELETE ON stock_movements, payment_entries, order_status_history FROM {APP_ROLE};
    END IF;
END;
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("tenant_shop", "0006_default_settings")]

    operations = [
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
        migrations.RunSQL(RESTRICTIONS, migrations.RunSQL.noop),
    ]
