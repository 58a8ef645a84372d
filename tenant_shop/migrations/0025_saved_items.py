"""Things that were laid aside from a cart, and which shortages were told."""

import django.contrib.postgres.functions
import django.db.models.deletion
import smartseller.database
import smartseller.ids
import tenant_shop.carts.models
from django.db import migrations, models


FOREIGN_KEYS = """
ALTER TABLE saved_items ADD CONSTRAINT saved_items_customer_id_fkey
    FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE;
ALTER TABLE saved_items ADD CONSTRAINT saved_items_variant_id_fkey
    FOREIGN KEY (variant_id) REFERENCES product_variants (id) ON DELETE CASCADE;
"""
NO_FOREIGN_KEYS = """
ALTER TABLE saved_items DROP CONSTRAINT saved_items_variant_id_fkey;
ALTER TABLE saved_items DROP CONSTRAINT saved_items_customer_id_fkey;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('tenant_shop', '0024_returns_and_wishes'),
    ]

    operations = [
        migrations.AddField(
            model_name='cartitem',
            name='was_short',
            field=models.BooleanField(db_default=False, default=False, help_text='The shopper was told that there are not as many.'),
        ),
        migrations.CreateModel(
            name='SavedItem',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=smartseller.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('list_id', models.UUIDField(blank=True, help_text='For visitors without an account.', null=True)),
                ('quantity', models.IntegerField()),
                ('unit_price', models.DecimalField(decimal_places=3, max_digits=13)),
                ('created_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False)),
                ('expires_at', models.DateTimeField(db_default=tenant_shop.carts.models.ThirtyDaysFromNow())),
                ('customer', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenant_shop.customer')),
                ('variant', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenant_shop.productvariant')),
            ],
            options={
                'db_table': 'saved_items',
                'ordering': ['created_at', 'id'],
                'indexes': [models.Index(fields=['expires_at'], name='idx_saved_items_expires_at'), models.Index(fields=['variant'], name='idx_saved_items_variant')],
                'constraints': [models.UniqueConstraint(fields=('customer', 'variant'), name='saved_items_customer_key'), models.UniqueConstraint(fields=('list_id', 'variant'), name='saved_items_list_key'), models.CheckConstraint(condition=models.Q(models.Q(('customer', None), ('list_id__isnull', False)), models.Q(('customer__isnull', False), ('list_id', None)), _connector='OR'), name='saved_items_owner_check'), models.CheckConstraint(condition=models.Q(('quantity__gt', 0), ('unit_price__gte', 0)), name='saved_items_amounts_check')],
            },
        ),
        migrations.RunSQL(FOREIGN_KEYS, NO_FOREIGN_KEYS),
    ]
