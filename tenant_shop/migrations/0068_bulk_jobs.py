"""Many changes that a program sends at once, made in the background, each row with its result."""

import django.contrib.postgres.functions
import django.core.serializers.json
import django.db.models.deletion
import smartseller.database
import smartseller.ids
from django.db import migrations, models


FOREIGN_KEY = """
ALTER TABLE bulk_rows ADD CONSTRAINT bulk_rows_job_id_fkey
    FOREIGN KEY (job_id) REFERENCES bulk_jobs (id) ON DELETE CASCADE;
"""
NO_FOREIGN_KEY = "ALTER TABLE bulk_rows DROP CONSTRAINT bulk_rows_job_id_fkey;"
UPDATED_AT = """
CREATE TRIGGER update_bulk_jobs_updated_at BEFORE UPDATE ON bulk_jobs
    FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
"""
NO_UPDATED_AT = "DROP TRIGGER update_bulk_jobs_updated_at ON bulk_jobs;"


class Migration(migrations.Migration):

    dependencies = [("tenant_shop", "0067_changed_last")]

    operations = [
        migrations.CreateModel(
            name="BulkJob",
            fields=[
                ("id", models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=smartseller.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(choices=[("products", "Products"), ("variants", "Variants"), ("stock", "Stock"), ("customers", "Customers")], max_length=10)),
                ("state", models.CharField(choices=[("waiting", "Waiting"), ("running", "Running"), ("done", "Done")], db_default="waiting", default="waiting", max_length=10)),
                ("total", models.PositiveIntegerField()),
                ("done", models.PositiveIntegerField(db_default=0, default=0)),
                ("failed", models.PositiveIntegerField(db_default=0, default=0)),
                ("actor", models.CharField(help_text="A user's id, or the beginning of a key.", max_length=100)),
                ("origin", models.JSONField(db_default={}, default=dict)),
                ("created_at", models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False)),
                ("updated_at", models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "db_table": "bulk_jobs",
                "ordering": ["-created_at", "-id"],
                "indexes": [models.Index(fields=["updated_at", "id"], name="idx_bulk_jobs_changed")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("kind__in", ["products", "variants", "stock", "customers"])), name="bulk_jobs_kind_check"),
                    models.CheckConstraint(condition=models.Q(models.Q(("ended_at", None), ("state__in", ["waiting", "running"])), models.Q(("ended_at__isnull", False), ("state", "done")), _connector="OR"), name="bulk_jobs_state_check"),
                    models.CheckConstraint(condition=models.Q(("total__gte", models.F("done") + models.F("failed"))), name="bulk_jobs_rows_check"),
                ],
            },
        ),
        migrations.CreateModel(
            name="BulkRow",
            fields=[
                ("id", models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=smartseller.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
                ("body", models.JSONField(blank=True, encoder=django.core.serializers.json.DjangoJSONEncoder, null=True)),
                ("state", models.CharField(choices=[("waiting", "Waiting"), ("done", "Done"), ("failed", "Failed")], db_default="waiting", default="waiting", max_length=10)),
                ("attempts", models.PositiveSmallIntegerField(db_default=0, default=0)),
                ("status", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("subject_id", models.UUIDField(blank=True, help_text="What was made or changed.", null=True)),
                ("error", models.JSONField(blank=True, null=True)),
                ("job", models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="tenant_shop.bulkjob")),
            ],
            options={
                "db_table": "bulk_rows",
                "ordering": ["number"],
                "constraints": [
                    models.UniqueConstraint(fields=("job", "number"), name="bulk_rows_number_key"),
                    models.CheckConstraint(condition=models.Q(models.Q(("state", "waiting"), ("status", None)), models.Q(("body__isnull", True), ("state__in", ["done", "failed"])), _connector="OR"), name="bulk_rows_state_check"),
                ],
            },
        ),
        migrations.RunSQL(FOREIGN_KEY, NO_FOREIGN_KEY),
        migrations.RunSQL(UPDATED_AT, NO_UPDATED_AT),
    ]
