import django.contrib.postgres.functions
import django.db.models.deletion
from django.db import migrations, models

import smartseller.database
import smartseller.ids

CHARGE_STATES = [
    ("asking", "Asking"),
    ("confirming", "Confirming"),
    ("succeeded", "Succeeded"),
    ("declined", "Declined"),
]
REFUND_STATES = [("asking", "Asking"), ("succeeded", "Succeeded"), ("failed", "Failed")]


class Migration(migrations.Migration):
    dependencies = [("platform_core", "0033_signups")]

    operations = [
        migrations.RemoveConstraint(model_name="cardcharge", name="card_charges_state_check"),
        migrations.AlterField(
            model_name="cardcharge",
            name="state",
            field=models.CharField(choices=CHARGE_STATES, db_default="asking", default="asking", max_length=20),
        ),
        migrations.AddConstraint(
            model_name="cardcharge",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["asking", "confirming", "succeeded", "declined"])),
                name="card_charges_state_check",
            ),
        ),
        migrations.CreateModel(
            name="CardRefund",
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
                ("amount", models.DecimalField(decimal_places=3, max_digits=15)),
                ("currency", models.CharField(help_text="ISO 4217 code.", max_length=3)),
                (
                    "state",
                    models.CharField(choices=REFUND_STATES, db_default="asking", default="asking", max_length=20),
                ),
                (
                    "reference",
                    models.CharField(db_default="", default="", help_text="The gateway's id.", max_length=255),
                ),
                ("reason", models.CharField(db_default="", default="", help_text="Why it failed.", max_length=60)),
                ("day", models.DateField(help_text="UTC.")),
                (
                    "asked_at",
                    models.DateTimeField(blank=True, help_text="When the gateway was asked first.", null=True),
                ),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "created_at",
                    models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False),
                ),
                (
                    "charge",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="platform_core.cardcharge",
                    ),
                ),
                (
                    "note",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="platform_core.billinginvoice",
                    ),
                ),
            ],
            options={
                "db_table": "card_refunds",
                "ordering": ["created_at", "id"],
                "indexes": [
                    models.Index(fields=["note"], name="idx_card_refunds_note"),
                    models.Index(fields=["charge"], name="idx_card_refunds_charge"),
                    models.Index(
                        condition=models.Q(("state", "asking")), fields=["created_at"], name="idx_card_refunds_asking"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="card_refunds_amount_check"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["asking", "succeeded", "failed"])),
                        name="card_refunds_state_check",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "failed"), _negated=True),
                        fields=("note",),
                        name="card_refunds_once_a_note",
                    ),
                ],
            },
        ),
    ]
