"""Automatic discounts, which of them combine, and what each took off each line of an order."""

import django.contrib.postgres.functions
import django.db.models.deletion
import smartseller.ids
from decimal import Decimal
from django.db import migrations, models


FOREIGN_KEYS = """
ALTER TABLE order_item_discounts ADD CONSTRAINT order_item_discounts_item_id_fkey
    FOREIGN KEY (item_id) REFERENCES order_items (id) ON DELETE CASCADE;
ALTER TABLE order_item_discounts ADD CONSTRAINT order_item_discounts_redemption_id_fkey
    FOREIGN KEY (redemption_id) REFERENCES discount_redemptions (id) ON DELETE CASCADE;
ALTER TABLE discount_redemptions ADD CONSTRAINT discount_redemptions_customer_id_fkey
    FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE SET NULL;
"""
NO_FOREIGN_KEYS = """
ALTER TABLE discount_redemptions DROP CONSTRAINT discount_redemptions_customer_id_fkey;
ALTER TABLE order_item_discounts DROP CONSTRAINT order_item_discounts_redemption_id_fkey;
ALTER TABLE order_item_discounts DROP CONSTRAINT order_item_discounts_item_id_fkey;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('tenant_shop', '0021_slugs'),
    ]

    operations = [
        migrations.CreateModel(
            name='OrderItemDiscount',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=smartseller.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('amount', models.DecimalField(decimal_places=3, help_text="In the order's currency.", max_digits=15)),
            ],
            options={
                'db_table': 'order_item_discounts',
            },
        ),
        migrations.AddField(
            model_name='discountcode',
            name='combines_with_order',
            field=models.BooleanField(db_default=False, default=False, verbose_name='combines with discounts on the order'),
        ),
        migrations.AddField(
            model_name='discountcode',
            name='combines_with_product',
            field=models.BooleanField(db_default=False, default=False, verbose_name='combines with discounts on products'),
        ),
        migrations.AddField(
            model_name='discountcode',
            name='combines_with_shipping',
            field=models.BooleanField(db_default=False, default=False, verbose_name='combines with free delivery'),
        ),
        migrations.AddField(
            model_name='discountcode',
            name='excludes_sale_items',
            field=models.BooleanField(db_default=False, default=False, help_text='Nothing off what is reduced already.'),
        ),
        migrations.AddField(
            model_name='discountcode',
            name='first_order_only',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='discountredemption',
            name='amount',
            field=models.DecimalField(db_default=Decimal('0'), decimal_places=3, default=Decimal('0'), max_digits=15),
        ),
        migrations.AddField(
            model_name='discountredemption',
            name='customer',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='tenant_shop.customer'),
        ),
        migrations.AddField(
            model_name='discountredemption',
            name='shipping_amount',
            field=models.DecimalField(db_default=Decimal('0'), decimal_places=3, default=Decimal('0'), max_digits=15),
        ),
        migrations.AddField(
            model_name='discountredemption',
            name='title',
            field=models.CharField(db_default='', default='', help_text='What it was called then.', max_length=255),
        ),
        migrations.AlterField(
            model_name='discountcode',
            name='code',
            field=models.CharField(blank=True, help_text='Empty: given without a code.', max_length=50, null=True),
        ),
        migrations.AddIndex(
            model_name='discountcode',
            index=models.Index(condition=models.Q(('code', None), ('is_active', True)), fields=['created_at', 'id'], name='idx_discounts_automatic'),
        ),
        migrations.AddIndex(
            model_name='discountredemption',
            index=models.Index(condition=models.Q(('released_at', None)), fields=['discount', 'customer'], name='idx_redemptions_account'),
        ),
        migrations.AddConstraint(
            model_name='discountredemption',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gte', 0), ('shipping_amount__gte', 0)), name='discount_redemptions_amounts_check'),
        ),
        migrations.AddField(
            model_name='orderitemdiscount',
            name='item',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='discounts', to='tenant_shop.orderitem'),
        ),
        migrations.AddField(
            model_name='orderitemdiscount',
            name='redemption',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='shares', to='tenant_shop.discountredemption'),
        ),
        migrations.AddIndex(
            model_name='orderitemdiscount',
            index=models.Index(fields=['redemption'], name='idx_item_discounts_redemption'),
        ),
        migrations.AddConstraint(
            model_name='orderitemdiscount',
            constraint=models.UniqueConstraint(fields=('item', 'redemption'), name='order_item_discounts_item_key'),
        ),
        migrations.AddConstraint(
            model_name='orderitemdiscount',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='order_item_discounts_amount_check'),
        ),
        migrations.RunSQL(FOREIGN_KEYS, NO_FOREIGN_KEYS),
    ]
