import django.db.models.deletion
from django.db import migrations, models

import smartseller.database

STATES = [("unchecked", "Unchecked"), ("confirmed", "Confirmed"), ("refused", "Refused")]


class Migration(migrations.Migration):
    dependencies = [("platform_core", "0034_card_refunds")]

    operations = [
        migrations.CreateModel(
            name="TaxIdCheck",
            fields=[
                (
                    "tenant",
                    models.OneToOneField(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="tax_id_check",
                        serialize=False,
                        to="platform_core.tenant",
                    ),
                ),
                ("tax_id", models.CharField(help_text="As it was asked about.", max_length=50)),
                (
                    "state",
                    models.CharField(choices=STATES, db_default="unchecked", default="unchecked", max_length=20),
                ),
                (
                    "checked_at",
                    models.DateTimeField(blank=True, help_text="When somebody said so last.", null=True),
                ),
                ("checked_by", models.CharField(db_default="", default="", max_length=20)),
                (
                    "note",
                    models.CharField(
                        db_default="", default="", help_text="Whose it is, or why nobody answered.", max_length=255
                    ),
                ),
                (
                    "due_at",
                    models.DateTimeField(blank=True, db_default=smartseller.database.CurrentTimestamp(), null=True),
                ),
            ],
            options={
                "db_table": "tenant_tax_ids",
                "indexes": [models.Index(fields=["due_at"], name="idx_tenant_tax_ids_due")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["unchecked", "confirmed", "refused"])),
                        name="tenant_tax_ids_state_check",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "unchecked"), ("checked_at__isnull", False), _connector="OR"
                        ),
                        name="tenant_tax_ids_checked",
                    ),
                ],
            },
        ),
    ]
