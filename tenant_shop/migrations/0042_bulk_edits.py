"""What is changed of many products at once, so that it can be undone."""

import django.contrib.postgres.functions
import smartseller.database
import smartseller.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tenant_shop', '0041_customs_and_schedule'),
    ]

    operations = [
        migrations.CreateModel(
            name='BulkEdit',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=smartseller.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('changes', models.JSONField(editable=False)),
                ('actor', models.CharField(editable=False, help_text="A user's id.", max_length=100)),
                ('created_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False)),
                ('undone_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('undone_by', models.CharField(blank=True, editable=False, help_text="A user's id.", max_length=100, null=True)),
            ],
            options={
                'db_table': 'bulk_edits',
                'ordering': ['-created_at', '-id'],
                'indexes': [models.Index(fields=['-created_at', '-id'], name='idx_bulk_edits_created')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('undone_at', None), ('undone_by', None)), models.Q(('undone_at__isnull', False), ('undone_by__isnull', False)), _connector='OR'), name='bulk_edits_undone_check')],
            },
        ),
    ]
