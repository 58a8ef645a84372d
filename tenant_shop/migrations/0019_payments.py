"""Attempts to pay know where they stand, refunds take up what they give back, and orders what they owe."""

import django.contrib.postgres.functions
import django.db.models.deletion
import smartseller.database
import smartseller.ids
from decimal import Decimal
from django.db import migrations, models

SQL = """
ALTER TABLE payment_refunds ADD CONSTRAINT payment_refunds_payment_id_fkey
    FOREIGN KEY (payment_id) REFERENCES payments (id);
CREATE TRIGGER update_payment_refunds_updated_at BEFORE UPDATE ON payment_refunds
    FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('tenant_shop', '0018_tax_rates'),
    ]

    operations = [
        migrations.CreateModel(
            name='PaymentRefund',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=smartseller.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('amount', models.DecimalField(decimal_places=3, help_text='In `currency`, above zero.', max_digits=15)),
                ('currency', models.CharField(help_text='ISO 4217 code.', max_length=3)),
                ('state', models.CharField(choices=[('pending', 'Pending'), ('succeeded', 'Succeeded'), ('failed', 'Failed')], db_default='pending', default='pending', max_length=10)),
                ('key', models.CharField(help_text='Names a submission; the same one gives back once.', max_length=64)),
                ('lines', models.JSONField(blank=True, db_default=[], default=list)),
                ('shipping_amount', models.DecimalField(db_default=Decimal('0'), decimal_places=3, default=Decimal('0'), help_text='What of it is delivery.', max_digits=15)),
                ('restock', models.BooleanField(db_default=False, default=False, help_text='Whether the goods go back on sale.')),
                ('reason', models.CharField(blank=True, db_default='', default='', max_length=200)),
                ('actor', models.CharField(help_text="A user's id.", max_length=100)),
                ('gateway_reference', models.CharField(blank=True, max_length=255, null=True)),
                ('problem', models.CharField(blank=True, db_default='', default='', max_length=500)),
                ('asked_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False)),
            ],
            options={
                'db_table': 'payment_refunds',
                'ordering': ['created_at', 'id'],
            },
        ),
        migrations.AddField(
            model_name='order',
            name='owed_amount',
            field=models.DecimalField(db_default=Decimal('0'), decimal_places=3, default=Decimal('0'), help_text='What the customer is owed: taken for a cancelled order, or beyond the total.', max_digits=15),
        ),
        migrations.AddField(
            model_name='payment',
            name='asked_at',
            field=models.DateTimeField(blank=True, help_text='When the gateway was last asked about it.', null=True),
        ),
        migrations.AddField(
            model_name='payment',
            name='state',
            field=models.CharField(choices=[('new', 'New'), ('asking', 'Asking'), ('shopper', 'Shopper'), ('waiting', 'Waiting'), ('done', 'Done'), ('failed', 'Failed'), ('dropped', 'Dropped')], db_default='new', default='new', max_length=10),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('owed_amount__gt', 0)), fields=['created_at'], name='idx_orders_owed'),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(condition=models.Q(('state__in', ['asking', 'shopper', 'waiting', 'failed'])), fields=['asked_at'], name='idx_payments_under_way'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('owed_amount__gte', 0)), name='orders_owed_amount_check'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['new', 'asking', 'shopper', 'waiting', 'done', 'failed', 'dropped'])), name='payments_state_check'),
        ),
        migrations.AddField(
            model_name='paymentrefund',
            name='payment',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='refunds', to='tenant_shop.payment'),
        ),
        migrations.AddIndex(
            model_name='paymentrefund',
            index=models.Index(fields=['payment'], name='idx_payment_refunds_payment'),
        ),
        migrations.AddIndex(
            model_name='paymentrefund',
            index=models.Index(condition=models.Q(('state', 'pending')), fields=['asked_at'], name='idx_payment_refunds_pending'),
        ),
        migrations.AddConstraint(
            model_name='paymentrefund',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='payment_refunds_amount_check'),
        ),
        migrations.AddConstraint(
            model_name='paymentrefund',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['pending', 'succeeded', 'failed'])), name='payment_refunds_state_check'),
        ),
        migrations.AddConstraint(
            model_name='paymentrefund',
            constraint=models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='payment_refunds_currency_check'),
        ),
        migrations.AddConstraint(
            model_name='paymentrefund',
            constraint=models.UniqueConstraint(fields=('key',), name='payment_refunds_key'),
        ),
        migrations.RunSQL(
            SQL,
            "DROP TRIGGER update_payment_refunds_updated_at ON payment_refunds;"
            "ALTER TABLE payment_refunds DROP CONSTRAINT payment_refunds_payment_id_fkey",
        ),
    ]
