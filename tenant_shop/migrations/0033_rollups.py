"""Sales by product and category and day, and how far they are rolled up."""

import django.contrib.postgres.functions
import django.db.models.deletion
import smartseller.ids
from decimal import Decimal
from django.db import migrations, models


KEYS = (
    ("analytics_product_daily", "product_id", "products", "CASCADE"),
    ("analytics_category_daily", "category_id", "categories", "SET NULL"),
)
FOREIGN_KEYS = "".join(
    f"ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_fkey "
    f"FOREIGN KEY ({column}) REFERENCES {target} (id) ON DELETE {rule};"
    for table, column, target, rule in KEYS
)


class Migration(migrations.Migration):

    dependencies = [
        ('tenant_shop', '0032_cart_losses'),
    ]

    operations = [
        migrations.CreateModel(
            name='CategoryDaily',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=smartseller.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('date', models.DateField()),
                ('orders', models.IntegerField(db_default=0, default=0)),
                ('units_sold', models.IntegerField(db_default=0, default=0)),
                ('revenue', models.DecimalField(db_default=Decimal('0'), decimal_places=3, default=Decimal('0'), max_digits=15)),
            ],
            options={
                'verbose_name_plural': 'daily sales of categories',
                'db_table': 'analytics_category_daily',
                'ordering': ['-date', '-revenue'],
            },
        ),
        migrations.CreateModel(
            name='ProductDaily',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=smartseller.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('date', models.DateField()),
                ('orders', models.IntegerField(db_default=0, default=0)),
                ('units_sold', models.IntegerField(db_default=0, default=0)),
                ('revenue', models.DecimalField(db_default=Decimal('0'), decimal_places=3, default=Decimal('0'), max_digits=15)),
            ],
            options={
                'verbose_name_plural': 'daily sales of products',
                'db_table': 'analytics_product_daily',
                'ordering': ['-date', '-revenue'],
            },
        ),
        migrations.CreateModel(
            name='RollupState',
            fields=[
                ('id', models.SmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ('timezone', models.CharField(max_length=50)),
                ('currency', models.CharField(max_length=3)),
                ('rolled_up_at', models.DateTimeField(help_text='What was written before is in the figures.')),
            ],
            options={
                'db_table': 'analytics_state',
            },
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(fields=['updated_at'], name='idx_orders_updated_at'),
        ),
        migrations.AddIndex(
            model_name='paymententry',
            index=models.Index(condition=models.Q(('kind', 'refunded')), fields=['created_at'], name='idx_payment_entries_refunded'),
        ),
        migrations.AddField(
            model_name='categorydaily',
            name='category',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='sales_by_day', to='tenant_shop.category'),
        ),
        migrations.AddField(
            model_name='productdaily',
            name='product',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='sales_by_day', to='tenant_shop.product'),
        ),
        migrations.AddConstraint(
            model_name='rollupstate',
            constraint=models.CheckConstraint(condition=models.Q(('id', 1)), name='analytics_state_one_row'),
        ),
        migrations.AddIndex(
            model_name='categorydaily',
            index=models.Index(fields=['date'], name='idx_analytics_category_date'),
        ),
        migrations.AddIndex(
            model_name='productdaily',
            index=models.Index(fields=['product', 'date'], name='idx_analytics_product_product'),
        ),
        migrations.AddConstraint(
            model_name='productdaily',
            constraint=models.UniqueConstraint(fields=('date', 'product'), name='analytics_product_daily_key'),
        ),
        # With the tables go their keys.
        migrations.RunSQL(FOREIGN_KEYS, migrations.RunSQL.noop),
    ]
