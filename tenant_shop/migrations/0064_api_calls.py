"""What programs asked for, and the answers that are kept for them."""

import django.contrib.postgres.functions
import django.db.models.deletion
import smartseller.database
import smartseller.ids
from django.db import migrations, models


FOREIGN_KEY = """
ALTER TABLE api_idempotency ADD CONSTRAINT api_idempotency_key_id_fkey
    FOREIGN KEY (key_id) REFERENCES api_keys (id) ON DELETE CASCADE;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('tenant_shop', '0063_long_lists'),
    ]

    operations = [
        migrations.CreateModel(
            name='ApiUsage',
            fields=[
                ('day', models.DateField(primary_key=True, serialize=False)),
                ('calls', models.IntegerField(db_default=0, default=0)),
            ],
            options={
                'db_table': 'api_usage',
                'ordering': ['-day'],
            },
        ),
        migrations.CreateModel(
            name='ApiCall',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=smartseller.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False)),
                ('key_id', models.UUIDField(help_text='Of api_keys; the key may be gone.')),
                ('method', models.CharField(max_length=10)),
                ('path', models.CharField(help_text="Of publishable keys the route: what stands in it is a shopper's.", max_length=300)),
                ('status', models.SmallIntegerField()),
                ('code', models.CharField(db_default='', default='', help_text='Of the error.', max_length=60)),
                ('duration_ms', models.IntegerField()),
                ('request_id', models.CharField(max_length=64)),
            ],
            options={
                'db_table': 'api_calls',
                'ordering': ['-at', '-id'],
                'indexes': [models.Index(fields=['-at', '-id'], name='idx_api_calls_newest'), models.Index(fields=['key_id', '-at', '-id'], name='idx_api_calls_key')],
            },
        ),
        migrations.CreateModel(
            name='IdempotentCall',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=smartseller.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(help_text='As the program called it.', max_length=255)),
                ('fingerprint', models.CharField(help_text='SHA-256 of method, address and body.', max_length=64)),
                ('status', models.SmallIntegerField(blank=True, null=True)),
                ('headers', models.JSONField(db_default={}, default=dict)),
                ('body', models.TextField(db_default='', default='')),
                ('leased_until', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False)),
                ('expires_at', models.DateTimeField(help_text='Afterwards the name is free.')),
                ('key', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenant_shop.apikey')),
            ],
            options={
                'db_table': 'api_idempotency',
                'ordering': ['-created_at', '-id'],
                'indexes': [models.Index(fields=['expires_at'], name='idx_api_idempotency_expires')],
                'constraints': [models.UniqueConstraint(fields=('key', 'name'), name='api_idempotency_key_name_key'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='api_idempotency_name_check'), models.CheckConstraint(condition=models.Q(('status__isnull', False), ('leased_until__isnull', False), _connector='OR'), name='api_idempotency_state_check')],
            },
        ),
        migrations.RunSQL(FOREIGN_KEY, "ALTER TABLE api_idempotency DROP CONSTRAINT api_idempotency_key_id_fkey"),
    ]
