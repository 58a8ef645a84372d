"""Requests for quotes, and the carts that stand for offers."""

import django.contrib.postgres.functions
import django.db.models.deletion
import smartseller.database
import smartseller.ids
import uuid
from django.db import migrations, models


KEYS = (
    ("quote_requests", "customer_id", "customers", "SET NULL"),
    ("quote_requests", "order_id", "orders", "SET NULL"),
    ("quote_lines", "quote_id", "quote_requests", "CASCADE"),
    ("quote_lines", "variant_id", "product_variants", "SET NULL"),
    ("quote_events", "quote_id", "quote_requests", "CASCADE"),
    ("shopping_carts", "quote_id", "quote_requests", "CASCADE"),
)
FOREIGN_KEYS = "".join(
    f"ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_fkey "
    f"FOREIGN KEY ({column}) REFERENCES {target} (id) ON DELETE {rule};"
    for table, column, target, rule in KEYS
)
NO_FOREIGN_KEYS = "".join(f"ALTER TABLE {table} DROP CONSTRAINT {table}_{column}_fkey;" for table, column, *_ in KEYS)
TRIGGER = """
CREATE TRIGGER update_quote_requests_updated_at BEFORE UPDATE ON quote_requests
    FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('tenant_shop', '0034_companies'),
    ]

    operations = [
        migrations.CreateModel(
            name='QuoteRequest',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=smartseller.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('email', models.CharField(max_length=255)),
                ('name', models.CharField(blank=True, db_default='', default='', max_length=255)),
                ('language', models.CharField(blank=True, db_default='', default='', help_text='BCP 47.', max_length=20)),
                ('currency', models.CharField(help_text='ISO 4217 code.', max_length=3)),
                ('status', models.CharField(choices=[('requested', 'Requested'), ('answered', 'Answered'), ('accepted', 'Accepted'), ('declined', 'Declined'), ('expired', 'Expired')], db_default='requested', default='requested', max_length=20)),
                ('note', models.TextField(blank=True, db_default='', default='', help_text='What the customer wrote.')),
                ('answer', models.TextField(blank=True, db_default='', default='', help_text='What the merchant wrote.')),
                ('shipping_amount', models.DecimalField(blank=True, decimal_places=3, help_text='What delivery costs, wherever it goes. Empty: as at the checkout.', max_digits=13, null=True)),
                ('valid_until', models.DateTimeField(blank=True, help_text='The first moment when it no longer holds.', null=True)),
                ('revision', models.IntegerField(db_default=0, default=0)),
                ('public_token', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False)),
                ('created_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False)),
                ('customer', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='quotes', to='tenant_shop.customer')),
                ('order', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='quotes', to='tenant_shop.order')),
            ],
            options={
                'db_table': 'quote_requests',
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='QuoteLine',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=smartseller.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('position', models.IntegerField(db_default=0, default=0)),
                ('product_name', models.CharField(max_length=255)),
                ('product_sku', models.CharField(max_length=100)),
                ('variant_info', models.JSONField(blank=True, db_default={}, default=dict)),
                ('quantity', models.IntegerField()),
                ('list_price', models.DecimalField(decimal_places=3, help_text='What a piece cost when it was asked.', max_digits=13)),
                ('unit_price', models.DecimalField(blank=True, decimal_places=3, max_digits=13, null=True)),
                ('variant', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='tenant_shop.productvariant')),
                ('quote', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='tenant_shop.quoterequest')),
            ],
            options={
                'db_table': 'quote_lines',
                'ordering': ['position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='QuoteEvent',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=smartseller.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('previous_status', models.CharField(blank=True, db_default='', default='', max_length=20)),
                ('new_status', models.CharField(max_length=20)),
                ('note', models.TextField(blank=True, db_default='', default='')),
                ('actor', models.CharField(help_text="A user's id, a customer, a guest, or the job that did it.", max_length=100)),
                ('created_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False)),
                ('quote', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='events', to='tenant_shop.quoterequest')),
            ],
            options={
                'db_table': 'quote_events',
                'ordering': ['created_at', 'id'],
            },
        ),
        migrations.AddField(
            model_name='shoppingcart',
            name='quote',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, help_text="The offer that this cart stands for; it is nobody's until somebody accepts it.", null=True, on_delete=django.db.models.deletion.CASCADE, related_name='carts', to='tenant_shop.quoterequest'),
        ),
        migrations.AddConstraint(
            model_name='shoppingcart',
            constraint=models.UniqueConstraint(fields=('quote',), name='shopping_carts_quote_key'),
        ),
        migrations.AddIndex(
            model_name='quoterequest',
            index=models.Index(fields=['customer'], name='idx_quote_requests_customer'),
        ),
        migrations.AddIndex(
            model_name='quoterequest',
            index=models.Index(fields=['status', 'created_at'], name='idx_quote_requests_status'),
        ),
        migrations.AddIndex(
            model_name='quoterequest',
            index=models.Index(condition=models.Q(('order__isnull', False)), fields=['order'], name='idx_quote_requests_order'),
        ),
        migrations.AddConstraint(
            model_name='quoterequest',
            constraint=models.UniqueConstraint(fields=('public_token',), name='quote_requests_public_token_key'),
        ),
        migrations.AddConstraint(
            model_name='quoterequest',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['requested', 'answered', 'accepted', 'declined', 'expired'])), name='quote_requests_status_check'),
        ),
        migrations.AddConstraint(
            model_name='quoterequest',
            constraint=models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='quote_requests_currency_check'),
        ),
        migrations.AddConstraint(
            model_name='quoterequest',
            constraint=models.CheckConstraint(condition=models.Q(('shipping_amount__gte', 0)), name='quote_requests_shipping_amount_check'),
        ),
        migrations.AddConstraint(
            model_name='quoterequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['answered', 'accepted']), _negated=True), ('valid_until__isnull', False), _connector='OR'), name='quote_requests_answer_check'),
        ),
        migrations.AddIndex(
            model_name='quoteline',
            index=models.Index(condition=models.Q(('variant__isnull', False)), fields=['variant'], name='idx_quote_lines_variant'),
        ),
        migrations.AddConstraint(
            model_name='quoteline',
            constraint=models.UniqueConstraint(fields=('quote', 'variant'), name='quote_lines_variant_key'),
        ),
        migrations.AddConstraint(
            model_name='quoteline',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='quote_lines_quantity_check'),
        ),
        migrations.AddConstraint(
            model_name='quoteline',
            constraint=models.CheckConstraint(condition=models.Q(('list_price__gte', 0)), name='quote_lines_list_price_check'),
        ),
        migrations.AddConstraint(
            model_name='quoteline',
            constraint=models.CheckConstraint(condition=models.Q(('unit_price__gte', 0)), name='quote_lines_unit_price_check'),
        ),
        migrations.AddIndex(
            model_name='quoteevent',
            index=models.Index(fields=['quote'], name='idx_quote_events_quote'),
        ),
        migrations.RunSQL(FOREIGN_KEYS, NO_FOREIGN_KEYS),
        migrations.RunSQL(TRIGGER, "DROP TRIGGER update_quote_requests_updated_at ON quote_requests"),
    ]
