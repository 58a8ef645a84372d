"""The ledger of migrations of shops, and what a template's building recorded."""

import django.contrib.postgres.functions
import django.db.models.deletion
import smartseller.database
import smartseller.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('platform_core', '0008_staff_invitations'),
    ]

    operations = [
        migrations.AddField(
            model_name='templateversion',
            name='catalogue',
            field=models.JSONField(blank=True, help_text='Digests of the definitions of what is in it.', null=True),
        ),
        migrations.AddField(
            model_name='templateversion',
            name='script',
            field=models.JSONField(blank=True, help_text='The SQL of its migrations, in order.', null=True),
        ),
        migrations.CreateModel(
            name='MigrationRun',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=smartseller.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('migrate', 'Migrate'), ('roll_back', 'Roll Back')], max_length=20)),
                ('state', models.CharField(choices=[('running', 'Running'), ('succeeded', 'Succeeded'), ('failed', 'Ended, and not every shop is done'), ('stopped', 'Stopped by a canary or by the error budget'), ('paused', 'Stopped by the operator'), ('interrupted', 'Its process died')], max_length=20)),
                ('target', models.CharField(help_text='The newest migration that shops have afterwards.', max_length=100)),
                ('schema_digest', models.CharField(help_text='Names the text of the migrations; see templates.', max_length=64)),
                ('options', models.JSONField(blank=True, db_default={}, default=dict)),
                ('host', models.CharField(help_text='The machine whose process does it.', max_length=255)),
                ('pid', models.IntegerField(help_text='That process.')),
                ('started_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False)),
                ('heartbeat_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp())),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('error', models.TextField(blank=True, db_default='', default='')),
            ],
            options={
                'db_table': 'migration_runs',
                'ordering': ['-started_at'],
                'indexes': [models.Index(fields=['-started_at'], name='idx_migration_runs_newest')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'running')), fields=('state',), name='migration_runs_one_running'), models.CheckConstraint(condition=models.Q(('kind__in', ['migrate', 'roll_back'])), name='migration_runs_kind_check'), models.CheckConstraint(condition=models.Q(('state__in', ['running', 'succeeded', 'failed', 'stopped', 'paused', 'interrupted'])), name='migration_runs_state_check'), models.CheckConstraint(condition=models.Q(models.Q(('finished_at', None), ('state', 'running')), models.Q(models.Q(('state', 'running'), _negated=True), ('finished_at__isnull', False)), _connector='OR'), name='migration_runs_running_has_no_end')],
            },
        ),
        migrations.CreateModel(
            name='ShopMigration',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=smartseller.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('wave', models.IntegerField(help_text='0: the canaries.')),
                ('state', models.CharField(choices=[('pending', 'Pending'), ('succeeded', 'Succeeded'), ('current', 'Nothing was to be done'), ('failed', 'Could not be done now'), ('quarantined', 'Its database refuses the migration')], db_default='pending', default='pending', max_length=20)),
                ('from_version', models.CharField(blank=True, db_default='', default='', max_length=100)),
                ('to_version', models.CharField(blank=True, db_default='', default='', max_length=100)),
                ('ms', models.FloatField(blank=True, null=True)),
                ('attempts', models.IntegerField(db_default=0, default=0)),
                ('error', models.TextField(blank=True, db_default='', default='')),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='shops', to='platform_core.migrationrun')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='migrations', to='platform_core.tenant')),
            ],
            options={
                'db_table': 'shop_migrations',
                'ordering': ['run', 'wave'],
                'indexes': [models.Index(fields=['tenant', '-finished_at'], name='idx_shop_migrations_newest')],
                'constraints': [models.UniqueConstraint(fields=('run', 'tenant'), name='shop_migrations_run_tenant_key'), models.CheckConstraint(condition=models.Q(('state__in', ['pending', 'succeeded', 'current', 'failed', 'quarantined'])), name='shop_migrations_state_check'), models.CheckConstraint(condition=models.Q(('wave__gte', 0)), name='shop_migrations_waves_count_from_zero')],
            },
        ),
    ]
