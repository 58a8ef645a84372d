"""Invitations of a shop's people, and indexes for reading one shop's audit log."""

import django.contrib.postgres.functions
import django.db.models.deletion
import platform_core.accounts.models
import smartseller.database
import smartseller.ids
from django.conf import settings
from django.db import migrations, models


# Django deletes dependent rows itself and leaves the database without a rule; this one holds for everybody.
ON_DELETE_RULE = """
DO $$
DECLARE
    made_by_django text;
BEGIN
    SELECT conname INTO STRICT made_by_django FROM pg_constraint
    WHERE conrelid = 'tenant_invitations'::regclass AND contype = 'f' AND conkey = ARRAY[
        (SELECT attnum FROM pg_attribute WHERE attrelid = 'tenant_invitations'::regclass AND attname = 'tenant_id')];
    EXECUTE format('ALTER TABLE tenant_invitations DROP CONSTRAINT %I', made_by_django);
    ALTER TABLE tenant_invitations ADD CONSTRAINT tenant_invitations_tenant_id_fkey
        FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
END;
$$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('platform_core', '0007_rollup_turns_on_delete'),
    ]

    operations = [
        migrations.CreateModel(
            name='TenantInvitation',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=smartseller.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('email', platform_core.accounts.models.LoginEmailField(max_length=255)),
                ('role', models.CharField(choices=[('owner', 'Owner'), ('admin', 'Admin'), ('editor', 'Editor'), ('viewer', 'Viewer')], db_default='viewer', default='viewer', max_length=50)),
                ('access_expires_at', models.DateTimeField(blank=True, help_text='When the access that is offered ends; empty: never.', null=True)),
                ('key', models.CharField(help_text='Names the newest link.', max_length=64)),
                ('created_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False)),
                ('expires_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(blank=True, help_text='When the newest link was mailed.', null=True)),
                ('accepted_at', models.DateTimeField(blank=True, null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'invitation',
                'db_table': 'tenant_invitations',
                'ordering': ['-created_at'],
            },
        ),
        migrations.AddIndex(
            model_name='auditlog',
            index=models.Index(fields=['tenant', '-created_at', '-id'], name='idx_audit_tenant_newest'),
        ),
        migrations.AddIndex(
            model_name='auditlog',
            index=models.Index(fields=['resource_id', '-created_at'], name='idx_audit_resource_newest'),
        ),
        migrations.AddField(
            model_name='tenantinvitation',
            name='invited_by',
            field=models.ForeignKey(db_column='invited_by', db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='tenantinvitation',
            name='tenant',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='platform_core.tenant'),
        ),
        migrations.AddConstraint(
            model_name='tenantinvitation',
            constraint=models.UniqueConstraint(condition=models.Q(('accepted_at', None), ('revoked_at', None)), fields=('tenant', 'email'), name='tenant_invitations_one_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='tenantinvitation',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['owner', 'admin', 'editor', 'viewer'])), name='tenant_invitations_role_check'),
        ),
        migrations.AddConstraint(
            model_name='tenantinvitation',
            constraint=models.CheckConstraint(condition=models.Q(('accepted_at', None), ('revoked_at', None), _connector='OR'), name='tenant_invitations_one_end'),
        ),
        migrations.AddConstraint(
            model_name='tenantinvitation',
            constraint=models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('created_at'))), name='tenant_invitations_ends_after_it_began'),
        ),
        migrations.RunSQL(ON_DELETE_RULE, migrations.RunSQL.noop),
    ]
