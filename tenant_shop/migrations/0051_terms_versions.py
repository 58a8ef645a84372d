"""Every version of the pages that bind both sides is kept, and which one holds is read with the settings."""

import django.contrib.postgres.functions
import smartseller.database
import smartseller.ids
from django.conf import settings
from django.db import migrations, models

KEEP = """
CREATE FUNCTION keep_terms_version() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE
    shown JSONB;
    fingerprint TEXT := '';
BEGIN
    -- Two editors at once: the second reads what the first has committed.
    PERFORM pg_advisory_xact_lock(hashtext('keep_terms_version'));
    -- Those of tenant_shop/pages/legal.py.
    SELECT jsonb_agg(jsonb_build_object('slug', slug, 'title', title, 'body', body) ORDER BY slug) INTO shown
    FROM pages WHERE is_published AND slug IN ('terms', 'returns', 'privacy');
    IF shown IS NOT NULL THEN
        fingerprint := encode(sha256(convert_to(shown::TEXT, 'UTF8')), 'hex');
        INSERT INTO terms_versions (digest, pages) VALUES (fingerprint, shown) ON CONFLICT (digest) DO NOTHING;
    END IF;
    INSERT INTO settings (key, value, description)
    VALUES ('terms_version', to_jsonb(fingerprint), 'Kept from the pages: which terms hold')
    ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value WHERE settings.value IS DISTINCT FROM EXCLUDED.value;
    RETURN NULL;
END;
$$;
CREATE TRIGGER pages_that_bind AFTER INSERT OR UPDATE OR DELETE ON pages
    FOR EACH STATEMENT EXECUTE FUNCTION keep_terms_version();
"""

APP_ROLE = settings.DATABASE_APP_ROLE.replace('"', '""')
# Where one role does everything it must keep its rights: it owns the tables.
RESTRICTIONS = f"""
DO $$
BEGIN
    IF current_user::regrole <> '"{APP_ROLE.replace("'", "''")}"'::regrole THEN
        REVOKE UPDATE, DELETE ON terms_versions FROM "{APP_ROLE}";
    END IF;
    -- What holds in a shop that sells already; a trigger of the statement needs no row.
    IF EXISTS (SELECT FROM pages WHERE is_published AND slug IN ('terms', 'returns', 'privacy')) THEN
        UPDATE pages SET position = position WHERE FALSE;
    END IF;
END;
$$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('tenant_shop', '0050_edited_orders'),
    ]

    operations = [
        migrations.CreateModel(
            name='TermsVersion',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=smartseller.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('digest', models.CharField(help_text='SHA-256 of `pages` as PostgreSQL writes it.', max_length=64)),
                ('pages', models.JSONField()),
                ('created_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False, help_text='First published.')),
            ],
            options={
                'db_table': 'terms_versions',
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='customerconsent',
            name='customer_consents_kind_check',
        ),
        migrations.AddField(
            model_name='customerconsent',
            name='terms_version',
            field=models.CharField(blank=True, db_default='', default='', help_text='The digest of the terms that were agreed to.', max_length=64),
        ),
        migrations.AlterField(
            model_name='customerconsent',
            name='kind',
            field=models.CharField(choices=[('marketing_email', 'Marketing Email'), ('terms', 'Terms')], max_length=20),
        ),
        migrations.AddConstraint(
            model_name='customerconsent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'marketing_email'), ('terms_version', '')), models.Q(('is_granted', True), ('kind', 'terms'), ('terms_version__regex', '^[0-9a-f]{64}$')), _connector='OR'), name='customer_consents_kind_check'),
        ),
        migrations.AddConstraint(
            model_name='termsversion',
            constraint=models.UniqueConstraint(fields=('digest',), name='terms_versions_digest_key'),
        ),
        migrations.AddConstraint(
            model_name='termsversion',
            constraint=models.CheckConstraint(condition=models.Q(('digest__regex', '^[0-9a-f]{64}$')), name='terms_versions_digest_check'),
        ),
        migrations.RunSQL(
            KEEP + RESTRICTIONS,
            "DROP FUNCTION keep_terms_version() CASCADE; DELETE FROM settings WHERE key = 'terms_version'",
        ),
    ]
