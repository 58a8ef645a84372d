"""What the shop's people write down about a customer."""

import django.contrib.postgres.fields
import django.contrib.postgres.functions
import django.db.models.deletion
import smartseller.database
import smartseller.ids
from django.db import migrations, models


FOREIGN_KEY = """
ALTER TABLE customer_notes ADD CONSTRAINT customer_notes_customer_id_fkey
    FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('tenant_shop', '0056_replaced_invoices'),
    ]

    operations = [
        migrations.AddField(
            model_name='customer',
            name='tags',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, help_text="For the shop's people.", null=True, size=None),
        ),
        migrations.CreateModel(
            name='CustomerNote',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=smartseller.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('text', models.TextField()),
                ('actor', models.CharField(help_text="A user's id.", max_length=100)),
                ('created_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False)),
                ('customer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='staff_notes', to='tenant_shop.customer')),
            ],
            options={
                'db_table': 'customer_notes',
                'ordering': ['-created_at', '-id'],
                'indexes': [models.Index(fields=['customer'], name='idx_customer_notes_customer')],
                'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='customer_notes_text_check')],
            },
        ),
        migrations.RunSQL(FOREIGN_KEY, "ALTER TABLE customer_notes DROP CONSTRAINT customer_notes_customer_id_fkey"),
    ]
