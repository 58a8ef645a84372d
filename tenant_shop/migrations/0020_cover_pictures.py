"""Uploaded pictures of categories and brands."""

import django.contrib.postgres.functions
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

import smartseller.database
import smartseller.ids

FOREIGN_KEYS = """
ALTER TABLE cover_pictures ADD CONSTRAINT cover_pictures_category_id_fkey
    FOREIGN KEY (category_id) REFERENCES categories (id) ON DELETE CASCADE;
ALTER TABLE cover_pictures ADD CONSTRAINT cover_pictures_brand_id_fkey
    FOREIGN KEY (brand_id) REFERENCES brands (id) ON DELETE CASCADE;
"""
# As for the pictures of products (0010): no way of deleting forgets the files.
DISCARD = """
CREATE TRIGGER cover_pictures_deleted AFTER DELETE ON cover_pictures
    FOR EACH ROW WHEN (OLD.filename IS NOT NULL) EXECUTE FUNCTION note_discarded_picture();
CREATE TRIGGER cover_pictures_replaced AFTER UPDATE OF filename ON cover_pictures
    FOR EACH ROW WHEN (OLD.filename IS NOT NULL AND OLD.filename IS DISTINCT FROM NEW.filename)
    EXECUTE FUNCTION note_discarded_picture();
"""
# A worker's notes in the row change nothing that pages show.
VERSIONED = """
SELECT attach_catalogue_version(
    'cover_pictures',
    changed => 'OLD.url <> NEW.url OR OLD.renditions IS DISTINCT FROM NEW.renditions');
"""
NOTHING = migrations.RunSQL.noop  # what it made goes with the table


class Migration(migrations.Migration):
    dependencies = [("tenant_shop", "0019_payments")]

    operations = [
        migrations.CreateModel(
            name="CoverPicture",
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
                ("url", models.CharField(max_length=500)),
                ("filename", models.CharField(blank=True, max_length=255, null=True)),
                ("size_bytes", models.IntegerField(blank=True, null=True)),
                ("width", models.IntegerField(blank=True, help_text="In pixels.", null=True)),
                ("height", models.IntegerField(blank=True, help_text="In pixels.", null=True)),
                ("mime_type", models.CharField(blank=True, max_length=100, null=True)),
                ("renditions", models.JSONField(blank=True, editable=False, null=True)),
                (
                    "renditions_due_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="From when on a worker may make them; empty: nothing to do.",
                        null=True,
                    ),
                ),
                ("rendition_attempts", models.SmallIntegerField(db_default=0, default=0, editable=False)),
                ("rendition_problem", models.CharField(blank=True, editable=False, max_length=500, null=True)),
                (
                    "created_at",
                    models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False),
                ),
                (
                    "category",
                    models.OneToOneField(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="cover",
                        to="tenant_shop.category",
                    ),
                ),
                (
                    "brand",
                    models.OneToOneField(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="cover",
                        to="tenant_shop.brand",
                    ),
                ),
            ],
            options={
                "db_table": "cover_pictures",
                "ordering": ["id"],
                "indexes": [
                    models.Index(
                        condition=Q(("renditions_due_at__isnull", False)),
                        fields=["renditions_due_at"],
                        name="idx_cover_pictures_due",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(("brand", None), ("category__isnull", False))
                        | Q(("brand__isnull", False), ("category", None)),
                        name="cover_pictures_of_one",
                    ),
                ],
            },
        ),
        migrations.RunSQL(FOREIGN_KEYS, NOTHING),
        migrations.RunSQL(DISCARD, NOTHING),
        migrations.RunSQL(VERSIONED, NOTHING),
    ]
