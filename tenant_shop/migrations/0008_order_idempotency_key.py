"""A submission of the checkout has a name, so that sending it again cannot order twice."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenant_shop", "0007_grants")]

    operations = [
        migrations.AddField(
            "order",
            "idempotency_key",
            models.CharField(
                max_length=255,
                null=True,
                blank=True,
                editable=False,
                help_text="Names a submission; the same one orders once.",
            ),
        ),
        migrations.AddConstraint(
            "order", models.UniqueConstraint(fields=["idempotency_key"], name="orders_idempotency_key")
        ),
    ]
