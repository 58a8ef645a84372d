"""Goods that come back before they are paid lower what is to be paid."""

from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tenant_shop', '0044_order_notes'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='paymentrefund',
            name='payment_refunds_state_check',
        ),
        migrations.AddField(
            model_name='order',
            name='credited_amount',
            field=models.DecimalField(db_default=Decimal('0'), decimal_places=3, default=Decimal('0'), help_text='What of the total need not be paid any more: goods came back before they were paid.', max_digits=15),
        ),
        migrations.AlterField(
            model_name='paymentrefund',
            name='state',
            field=models.CharField(choices=[('pending', 'Pending'), ('succeeded', 'Succeeded'), ('failed', 'Failed'), ('credited', 'Credited')], db_default='pending', default='pending', max_length=10),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('credited_amount__gte', 0), ('credited_amount__lte', models.F('total_amount'))), name='orders_credited_amount_check'),
        ),
        migrations.AddConstraint(
            model_name='paymentrefund',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['pending', 'succeeded', 'failed', 'credited'])), name='payment_refunds_state_check'),
        ),
    ]
