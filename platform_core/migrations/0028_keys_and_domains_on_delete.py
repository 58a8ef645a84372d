"""A person who is deleted takes their keys along, a merchant their domains, whoever deletes them."""

from django.db import migrations

ON_DELETE_CASCADE = """
DO $$
DECLARE
    made_by_django text;
BEGIN
    SELECT conname INTO STRICT made_by_django FROM pg_constraint
    WHERE conrelid = 'user_keys'::regclass AND contype = 'f' AND confrelid = 'platform_users'::regclass;
    EXECUTE format('ALTER TABLE user_keys DROP CONSTRAINT %I', made_by_django);
    ALTER TABLE user_keys ADD CONSTRAINT user_keys_user_id_fkey
        FOREIGN KEY (user_id) REFERENCES platform_users (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
    SELECT conname INTO STRICT made_by_django FROM pg_constraint
    WHERE conrelid = 'tenant_domains'::regclass AND contype = 'f' AND confrelid = 'tenants'::regclass;
    EXECUTE format('ALTER TABLE tenant_domains DROP CONSTRAINT %I', made_by_django);
    ALTER TABLE tenant_domains ADD CONSTRAINT tenant_domains_tenant_id_fkey
        FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
END;
$$;
"""
# What operators wrote down before there was proof goes on holding.
TAKE_OVER = """
INSERT INTO tenant_domains (id, tenant_id, domain, state, token, verified_at, due_at)
SELECT gen_random_uuid(), id, domain, 'verified', replace(gen_random_uuid()::text, '-', ''), now(),
    now() + interval '30 days'
FROM tenants WHERE domain IS NOT NULL AND status <> 'cancelled'
"""


class Migration(migrations.Migration):
    dependencies = [("platform_core", "0027_keys_domains_and_health")]

    operations = [
        migrations.RunSQL(ON_DELETE_CASCADE, migrations.RunSQL.noop),
        migrations.RunSQL(TAKE_OVER, migrations.RunSQL.noop),
    ]
