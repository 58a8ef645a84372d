"""Figures by day ask for refunds that failed, too."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tenant_shop', '0042_bulk_edits'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='paymententry',
            name='idx_payment_entries_refunded',
        ),
        migrations.AddIndex(
            model_name='paymententry',
            index=models.Index(condition=models.Q(('kind__in', ['refunded', 'refund_failed'])), fields=['created_at'], name='idx_payment_entries_refunded'),
        ),
        # Days on which a refund failed were added up without it.
        migrations.RunSQL("DELETE FROM analytics_state", migrations.RunSQL.noop),
    ]
