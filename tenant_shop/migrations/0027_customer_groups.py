"""Groups of customers with prices of their own, and rules of how many pieces are sold at once."""

import django.contrib.postgres.functions
import django.core.validators
import django.db.models.deletion
import smartseller.database
import smartseller.ids
from decimal import Decimal
from django.db import migrations, models


KEYS = (
    ("customers", "group_id", "customer_groups", "SET NULL"),
    ("price_lists", "group_id", "customer_groups", "CASCADE"),
    ("price_list_entries", "price_list_id", "price_lists", "CASCADE"),
    ("price_list_entries", "variant_id", "product_variants", "CASCADE"),
    ("price_list_entries", "product_id", "products", "CASCADE"),
    ("price_list_entries", "category_id", "categories", "CASCADE"),
    ("quantity_rules", "group_id", "customer_groups", "CASCADE"),
    ("quantity_rules", "variant_id", "product_variants", "CASCADE"),
    ("quantity_rules", "product_id", "products", "CASCADE"),
)
FOREIGN_KEYS = "".join(
    f"ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_fkey "
    f"FOREIGN KEY ({column}) REFERENCES {target} (id) ON DELETE {rule};"
    for table, column, target, rule in KEYS
)
NO_FOREIGN_KEYS = "".join(f"ALTER TABLE {table} DROP CONSTRAINT {table}_{column}_fkey;" for table, column, *_ in KEYS)
# Every page reads with the settings whether there is anything to ask for: shops without groups and rules pay nothing.
KEPT = """
CREATE FUNCTION keep_pricing() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    -- Two editors at once: the second reads what the first has committed, and does not write over it.
    PERFORM pg_advisory_xact_lock(hashtext('keep_pricing'));
    INSERT INTO settings (key, value, description)
    SELECT 'pricing',
           jsonb_build_object('groups', EXISTS (SELECT FROM customer_groups WHERE is_active),
                              'quantities', EXISTS (SELECT FROM quantity_rules)),
           'Kept from the tables customer_groups and quantity_rules'
    ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value WHERE settings.value IS DISTINCT FROM EXCLUDED.value;
    RETURN NULL;
END;
$$;
CREATE TRIGGER customer_groups_in_settings AFTER INSERT OR UPDATE OR DELETE ON customer_groups
    FOR EACH STATEMENT EXECUTE FUNCTION keep_pricing();
CREATE TRIGGER quantity_rules_in_settings AFTER INSERT OR UPDATE OR DELETE ON quantity_rules
    FOR EACH STATEMENT EXECUTE FUNCTION keep_pricing();
""" + "".join(
    f"CREATE TRIGGER update_{table}_updated_at BEFORE UPDATE ON {table} "
    "FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();"
    for table in ("customer_groups", "price_lists", "price_list_entries", "quantity_rules")
)
# How many are sold at once is shown to everybody. What a group pays never is: its pages are made for it each time.
SHOWN = "SELECT attach_catalogue_version('quantity_rules');"


class Migration(migrations.Migration):

    dependencies = [
        ('tenant_shop', '0026_loyalty'),
    ]

    operations = [
        migrations.CreateModel(
            name='PriceList',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=smartseller.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=100)),
                ('currency', models.CharField(help_text='ISO 4217 code; the list holds while the shop sells in it.', max_length=3)),
                ('priority', models.IntegerField(db_default=0, default=0)),
                ('starts_at', models.DateTimeField(blank=True, null=True)),
                ('ends_at', models.DateTimeField(blank=True, help_text='The first moment when it no longer holds.', null=True)),
                ('is_active', models.BooleanField(db_default=True, default=True)),
                ('created_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False)),
            ],
            options={
                'db_table': 'price_lists',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='PriceListEntry',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=smartseller.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('min_quantity', models.IntegerField(db_default=1, default=1, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(9999)])),
                ('unit_price', models.DecimalField(blank=True, decimal_places=3, max_digits=13, null=True)),
                ('percent_off', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0.01')), django.core.validators.MaxValueValidator(Decimal('100'))])),
                ('created_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False)),
            ],
            options={
                'verbose_name_plural': 'price list entries',
                'db_table': 'price_list_entries',
                'ordering': ['min_quantity', 'id'],
            },
        ),
        migrations.CreateModel(
            name='QuantityRule',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=smartseller.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('minimum', models.IntegerField(db_default=1, default=1, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(9999)])),
                ('multiple', models.IntegerField(db_default=1, default=1, help_text='Pieces in a pack: 6 for 6, 12, 18.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(9999)])),
                ('created_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False)),
            ],
            options={
                'db_table': 'quantity_rules',
                'ordering': ['created_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='CustomerGroup',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=smartseller.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=100)),
                ('description', models.TextField(blank=True, db_default='', default='')),
                ('is_active', models.BooleanField(db_default=True, default=True)),
                ('minimum_order_amount', models.DecimalField(blank=True, decimal_places=3, help_text='What the goods of an order cost at least, before discounts. Empty: any order.', max_digits=13, null=True)),
                ('created_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False)),
            ],
            options={
                'db_table': 'customer_groups',
                'ordering': ['name'],
                'constraints': [models.UniqueConstraint(fields=('name',), name='customer_groups_name_key'), models.CheckConstraint(condition=models.Q(('minimum_order_amount__gt', 0)), name='customer_groups_minimum_order_amount_check')],
            },
        ),
        migrations.AddField(
            model_name='customer',
            name='group',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, help_text='Whose price lists hold for them.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='customers', to='tenant_shop.customergroup'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(condition=models.Q(('group__isnull', False)), fields=['group'], name='idx_customers_group'),
        ),
        migrations.AddField(
            model_name='pricelist',
            name='group',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='price_lists', to='tenant_shop.customergroup'),
        ),
        migrations.AddField(
            model_name='pricelistentry',
            name='category',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenant_shop.category'),
        ),
        migrations.AddField(
            model_name='pricelistentry',
            name='price_list',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='tenant_shop.pricelist'),
        ),
        migrations.AddField(
            model_name='pricelistentry',
            name='product',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenant_shop.product'),
        ),
        migrations.AddField(
            model_name='pricelistentry',
            name='variant',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenant_shop.productvariant'),
        ),
        migrations.AddField(
            model_name='quantityrule',
            name='group',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, help_text='Empty: for everybody.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenant_shop.customergroup'),
        ),
        migrations.AddField(
            model_name='quantityrule',
            name='product',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenant_shop.product'),
        ),
        migrations.AddField(
            model_name='quantityrule',
            name='variant',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenant_shop.productvariant'),
        ),
        migrations.AddConstraint(
            model_name='pricelist',
            constraint=models.UniqueConstraint(fields=('group', 'name'), name='price_lists_name_key'),
        ),
        migrations.AddConstraint(
            model_name='pricelist',
            constraint=models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='price_lists_currency_check'),
        ),
        migrations.AddConstraint(
            model_name='pricelist',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='price_lists_window_check'),
        ),
        migrations.AddIndex(
            model_name='pricelistentry',
            index=models.Index(condition=models.Q(('variant__isnull', False)), fields=['variant'], name='idx_price_entries_variant'),
        ),
        migrations.AddIndex(
            model_name='pricelistentry',
            index=models.Index(condition=models.Q(('product__isnull', False)), fields=['product'], name='idx_price_entries_product'),
        ),
        migrations.AddIndex(
            model_name='pricelistentry',
            index=models.Index(condition=models.Q(('category__isnull', False)), fields=['category'], name='idx_price_entries_category'),
        ),
        migrations.AddConstraint(
            model_name='pricelistentry',
            constraint=models.UniqueConstraint(fields=('price_list', 'variant', 'product', 'category', 'min_quantity'), name='price_list_entries_goods_key', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='pricelistentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('category', None), ('product', None)), models.Q(('category', None), ('variant', None)), models.Q(('product', None), ('variant', None)), _connector='OR'), name='price_list_entries_goods_check'),
        ),
        migrations.AddConstraint(
            model_name='pricelistentry',
            constraint=models.CheckConstraint(condition=models.Q(('min_quantity__gte', 1), ('min_quantity__lte', 9999)), name='price_list_entries_min_quantity_check'),
        ),
        migrations.AddConstraint(
            model_name='pricelistentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('percent_off', None), ('unit_price__gte', 0), ('unit_price__isnull', False)), models.Q(('percent_off__gt', 0), ('percent_off__isnull', False), ('percent_off__lte', 100), ('unit_price', None)), _connector='OR'), name='price_list_entries_price_check'),
        ),
        migrations.AddIndex(
            model_name='quantityrule',
            index=models.Index(condition=models.Q(('variant__isnull', False)), fields=['variant'], name='idx_quantity_rules_variant'),
        ),
        migrations.AddIndex(
            model_name='quantityrule',
            index=models.Index(condition=models.Q(('product__isnull', False)), fields=['product'], name='idx_quantity_rules_product'),
        ),
        migrations.AddConstraint(
            model_name='quantityrule',
            constraint=models.UniqueConstraint(fields=('group', 'variant', 'product'), name='quantity_rules_goods_key', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='quantityrule',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('product__isnull', False), ('variant', None)), models.Q(('product', None), ('variant__isnull', False)), _connector='OR'), name='quantity_rules_goods_check'),
        ),
        migrations.AddConstraint(
            model_name='quantityrule',
            constraint=models.CheckConstraint(condition=models.Q(('minimum__gte', 1), ('minimum__lte', 9999), ('multiple__gte', 1)), name='quantity_rules_amounts_check'),
        ),
        migrations.RunSQL(FOREIGN_KEYS, NO_FOREIGN_KEYS),
        migrations.RunSQL(KEPT, "DROP FUNCTION keep_pricing() CASCADE"),
        migrations.RunSQL(SHOWN, migrations.RunSQL.noop),
    ]
