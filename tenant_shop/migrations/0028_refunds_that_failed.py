from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenant_shop", "0027_customer_groups")]

    operations = [
        migrations.AlterField(
            model_name="paymententry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("authorized", "Authorized"),
                    ("captured", "Captured"),
                    ("failed", "Failed"),
                    ("refunded", "Refunded"),
                    ("refund_failed", "Refund Failed"),
                    ("voided", "Voided"),
                ],
                max_length=20,
            ),
        ),
        migrations.RemoveConstraint(model_name="paymententry", name="payment_entries_kind_check"),
        migrations.AddConstraint(
            model_name="paymententry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["authorized", "captured", "failed", "refunded", "refund_failed", "voided"])
                ),
                name="payment_entries_kind_check",
            ),
        ),
    ]
