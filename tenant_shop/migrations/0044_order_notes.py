"""What the shop's people write down about an order."""

import django.contrib.postgres.functions
import django.db.models.deletion
import smartseller.database
import smartseller.ids
from django.db import migrations, models


FOREIGN_KEY = """
ALTER TABLE order_notes ADD CONSTRAINT order_notes_order_id_fkey
    FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('tenant_shop', '0043_refunds_that_failed'),
    ]

    operations = [
        migrations.CreateModel(
            name='OrderNote',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=smartseller.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('text', models.TextField()),
                ('actor', models.CharField(help_text="A user's id.", max_length=100)),
                ('created_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False)),
                ('order', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='staff_notes', to='tenant_shop.order')),
            ],
            options={
                'db_table': 'order_notes',
                'ordering': ['created_at', 'id'],
                'indexes': [models.Index(fields=['order'], name='idx_order_notes_order')],
                'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='order_notes_text_check')],
            },
        ),
        migrations.RunSQL(FOREIGN_KEY, "ALTER TABLE order_notes DROP CONSTRAINT order_notes_order_id_fkey"),
    ]
