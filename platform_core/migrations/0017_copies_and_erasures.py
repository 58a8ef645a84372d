"""Archives of shops, sandboxes, and certificates of erasures."""

import django.contrib.postgres.functions
import django.db.models.deletion
import smartseller.database
import smartseller.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('platform_core', '0016_regions_of_shops'),
    ]

    operations = [
        migrations.CreateModel(
            name='ErasureCertificate',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=smartseller.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('number', models.IntegerField()),
                ('tenant_id', models.UUIDField()),
                ('content', models.JSONField()),
                ('previous_sha256', models.CharField(blank=True, db_default='', default='', max_length=64)),
                ('sha256', models.CharField(max_length=64)),
                ('signature', models.CharField(max_length=100)),
                ('issued_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False)),
            ],
            options={
                'db_table': 'erasure_certificates',
                'ordering': ['number'],
            },
        ),
        migrations.CreateModel(
            name='ShopExport',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=smartseller.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='exports', to='platform_core.tenant')),
                ('state', models.CharField(choices=[('running', 'Running'), ('ready', 'Ready'), ('failed', 'Failed'), ('gone', 'Gone')], db_default='running', default='running', max_length=20)),
                ('asked_by', models.UUIDField(blank=True, help_text="The user; empty for an operator's command.", null=True)),
                ('location', models.CharField(help_text='Its name in the storage of backups.', max_length=200)),
                ('schema_version', models.CharField(blank=True, db_default='', default='', max_length=100)),
                ('size', models.BigIntegerField(db_default=0, default=0, help_text='Bytes.')),
                ('sha256', models.CharField(blank=True, db_default='', default='', max_length=64)),
                ('done_bytes', models.BigIntegerField(db_default=0, default=0, help_text='Read so far, for whoever waits.')),
                ('heartbeat_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp())),
                ('started_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp())),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('downloads', models.IntegerField(db_default=0, default=0)),
                ('error', models.TextField(blank=True, db_default='', default='')),
            ],
            options={
                'db_table': 'shop_exports',
                'ordering': ['-started_at', '-id'],
            },
        ),
        migrations.AddField(
            model_name='tenant',
            name='sandbox_of',
            field=models.UUIDField(blank=True, help_text='The shop that this one is a copy of, to try out.', null=True),
        ),
        migrations.AddField(
            model_name='tenant',
            name='sandbox_until',
            field=models.DateTimeField(blank=True, help_text='A sandbox is closed then.', null=True),
        ),
        migrations.AddConstraint(
            model_name='tenant',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'cancelled'), _negated=True), fields=('sandbox_of',), name='tenants_one_sandbox_per_shop'),
        ),
        migrations.AddConstraint(
            model_name='erasurecertificate',
            constraint=models.UniqueConstraint(fields=('number',), name='erasure_certificates_number_key'),
        ),
        migrations.AddConstraint(
            model_name='erasurecertificate',
            constraint=models.UniqueConstraint(fields=('tenant_id',), name='erasure_certificates_tenant_id_key'),
        ),
        migrations.AddConstraint(
            model_name='erasurecertificate',
            constraint=models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='erasure_certificates_number_check'),
        ),
        migrations.AddIndex(
            model_name='shopexport',
            index=models.Index(fields=['tenant', '-started_at'], name='idx_shop_exports_tenant'),
        ),
        migrations.AddConstraint(
            model_name='shopexport',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['running', 'ready', 'failed', 'gone'])), name='shop_exports_state_check'),
        ),
        migrations.AddConstraint(
            model_name='shopexport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'ready'), _negated=True), models.Q(models.Q(('sha256', ''), _negated=True), ('expires_at__isnull', False)), _connector='OR'), name='shop_exports_ready_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='shopexport',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'running')), fields=('tenant',), name='shop_exports_one_running_per_tenant'),
        ),
    ]
