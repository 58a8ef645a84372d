"""Files that are sent from the back office, and what became of their rows."""

import django.contrib.postgres.functions
import smartseller.database
import smartseller.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tenant_shop', '0051_terms_versions'),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportRun',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=smartseller.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('products', 'Products'), ('orders', 'Order history')], max_length=10)),
                ('name', models.CharField(help_text='What the file is called.', max_length=100)),
                ('file', models.CharField(help_text="Where it is in the shop's storage; empty once it is removed.", max_length=200)),
                ('size_bytes', models.BigIntegerField()),
                ('bytes_read', models.BigIntegerField(db_default=0, default=0)),
                ('step', models.CharField(choices=[('check', 'Looked at'), ('import', 'Imported')], db_default='check', default='check', max_length=10)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed')], db_default='waiting', default='waiting', max_length=10)),
                ('attempts', models.PositiveIntegerField(db_default=0, default=0)),
                ('preview', models.JSONField(db_default=[], default=list, help_text='The header and the first rows.')),
                ('checked', models.JSONField(db_default={}, default=dict)),
                ('counts', models.JSONField(db_default={}, default=dict)),
                ('notes', models.JSONField(db_default=[], default=list)),
                ('problem', models.TextField(db_default='', default='', help_text='Why it could not be read or imported.')),
                ('rejects_file', models.CharField(db_default='', default='', max_length=200)),
                ('actor', models.CharField(help_text="A user's id.", max_length=100)),
                ('created_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False)),
                ('heard_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), help_text='When its worker last said something.')),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('settled_at', models.DateTimeField(blank=True, help_text='When its errors were done with.', null=True)),
            ],
            options={
                'db_table': 'import_runs',
                'ordering': ['-created_at', '-id'],
                'indexes': [models.Index(fields=['-created_at', '-id'], name='idx_import_runs_created')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['products', 'orders'])), name='import_runs_kind_check'), models.CheckConstraint(condition=models.Q(('step__in', ['check', 'import'])), name='import_runs_step_check'), models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'running', 'done', 'failed'])), name='import_runs_state_check'), models.CheckConstraint(condition=models.Q(('bytes_read__gte', 0), ('bytes_read__lte', models.F('size_bytes'))), name='import_runs_bytes_check'), models.CheckConstraint(condition=models.Q(models.Q(models.Q(('state__in', ['done', 'failed']), _negated=True), ('ended_at__isnull', False), _connector='OR'), models.Q(models.Q(('state__in', ['waiting', 'running']), _negated=True), ('ended_at', None), _connector='OR')), name='import_runs_ended_check')],
            },
        ),
    ]
