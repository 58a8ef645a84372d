import uuid

import django.contrib.postgres.functions
import django.db.models.functions.text
from django.db import migrations, models

import platform_core.accounts.models
import smartseller.database

# As `tenants.person.person_of` has it from now on: dots in the name of one of Google's mailboxes say nothing.
ONE_PERSON = r"""
UPDATE plan_coupon_uses SET person = replace(split_part(person, '@', 1), '.', '') || '@gmail.com'
WHERE person ~ '@(gmail|googlemail)\.com$';
"""


class Migration(migrations.Migration):
    dependencies = [("platform_core", "0032_stored_bytes_of_shops")]

    operations = [
        migrations.CreateModel(
            name="SignUp",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(),
                        default=uuid.uuid4,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "email",
                    platform_core.accounts.models.LoginEmailField(
                        help_text="The mailbox that is asked.", max_length=255
                    ),
                ),
                ("details", models.JSONField(db_default={}, default=dict)),
                (
                    "request_key",
                    models.CharField(blank=True, help_text="Sent twice, asked once.", max_length=64, null=True),
                ),
                (
                    "run_id",
                    models.UUIDField(
                        blank=True, help_text="The provisioning run, once the mailbox has answered.", null=True
                    ),
                ),
                ("created_at", models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False)),
                ("expires_at", models.DateTimeField()),
            ],
            options={
                "db_table": "signups",
                "ordering": ["-created_at"],
                "indexes": [models.Index(fields=["expires_at"], name="idx_signups_expires_at")],
                "constraints": [
                    models.UniqueConstraint(fields=("request_key",), name="signups_request_key_key"),
                    models.CheckConstraint(
                        condition=models.Q(("email", django.db.models.functions.text.Lower("email"))),
                        name="signups_email_lower_case",
                    ),
                ],
            },
        ),
        migrations.RunSQL(ONE_PERSON, migrations.RunSQL.noop),
    ]
