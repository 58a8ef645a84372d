"""Who waits for what is sold out."""

import django.contrib.postgres.functions
import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

import smartseller.database
import smartseller.ids

# Whoever waited for a variant that is gone waits for nothing.
FOREIGN_KEY = """
ALTER TABLE stock_alerts ADD CONSTRAINT stock_alerts_variant_id_fkey
    FOREIGN KEY (variant_id) REFERENCES product_variants (id) ON DELETE CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("tenant_shop", "0013_listing")]

    operations = [
        migrations.CreateModel(
            name="StockAlert",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(),
                        default=smartseller.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("email", models.CharField(help_text="In lower case.", max_length=255)),
                (
                    "language",
                    models.CharField(
                        default="en", help_text="In which the page was read, BCP 47.", max_length=35
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False),
                ),
                ("notified_at", models.DateTimeField(blank=True, null=True)),
                (
                    "variant",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="alerts",
                        to="tenant_shop.productvariant",
                    ),
                ),
            ],
            options={
                "db_table": "stock_alerts",
                "ordering": ["created_at", "id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("notified_at", None)),
                        fields=["variant", "created_at"],
                        name="idx_stock_alerts_waiting",
                    ),
                    models.Index(fields=["email"], name="idx_stock_alerts_email"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("notified_at", None)),
                        fields=("variant", "email"),
                        name="stock_alerts_one_each",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("email", django.db.models.functions.text.Lower("email"))),
                        name="stock_alerts_email_lower",
                    ),
                ],
            },
        ),
        migrations.RunSQL(FOREIGN_KEY, "ALTER TABLE stock_alerts DROP CONSTRAINT stock_alerts_variant_id_fkey"),
    ]
