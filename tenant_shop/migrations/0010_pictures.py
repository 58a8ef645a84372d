"""Renditions of uploaded pictures, and a note of every file that its row lets go of."""

from django.contrib.postgres.functions import RandomUUID
from django.db import migrations, models
from django.db.models import Q

import smartseller.database
import smartseller.ids

# Rows go by cascades, by queries and by hand: only the database sees them all.
DISCARD = """
CREATE FUNCTION note_discarded_picture() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO discarded_pictures (filename, renditions) VALUES (OLD.filename, OLD.renditions);
    RETURN NULL;
END;
$$;
CREATE TRIGGER product_images_deleted AFTER DELETE ON product_images
    FOR EACH ROW WHEN (OLD.filename IS NOT NULL) EXECUTE FUNCTION note_discarded_picture();
CREATE TRIGGER product_images_replaced AFTER UPDATE OF filename ON product_images
    FOR EACH ROW WHEN (OLD.filename IS NOT NULL AND OLD.filename IS DISTINCT FROM NEW.filename)
    EXECUTE FUNCTION note_discarded_picture();
"""
NOTE_NOTHING = """
DROP TRIGGER product_images_deleted ON product_images;
DROP TRIGGER product_images_replaced ON product_images;
DROP FUNCTION note_discarded_picture();
"""
# A worker's notes in the row change nothing that pages show.
LOOKS_DIFFERENT = """
CREATE FUNCTION picture_looks_different(before product_images, after product_images) RETURNS BOOLEAN
LANGUAGE plpgsql AS $$
BEGIN
    before.renditions_due_at := after.renditions_due_at;
    before.rendition_attempts := after.rendition_attempts;
    before.rendition_problem := after.rendition_problem;
    RETURN before IS DISTINCT FROM after;
END;
$$;
DROP TRIGGER catalogue_version_update ON product_images;
CREATE CONSTRAINT TRIGGER catalogue_version_update AFTER UPDATE ON product_images DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (picture_looks_different(OLD, NEW) AND first_catalogue_change())
    EXECUTE FUNCTION raise_catalogue_version();
"""
ANY_CHANGE = """
DROP TRIGGER catalogue_version_update ON product_images;
CREATE CONSTRAINT TRIGGER catalogue_version_update AFTER UPDATE ON product_images DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.* AND first_catalogue_change())
    EXECUTE FUNCTION raise_catalogue_version();
DROP FUNCTION picture_looks_different(product_images, product_images);
"""
# What waits for the commit must have happened before a later migration may alter the table.
DUE_NOW = """
UPDATE product_images SET renditions_due_at = CURRENT_TIMESTAMP WHERE filename IS NOT NULL;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [("tenant_shop", "0009_catalogue_version")]

    operations = [
        migrations.CreateModel(
            name="DiscardedPicture",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=RandomUUID(),
                        default=smartseller.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("filename", models.CharField(max_length=255)),
                ("renditions", models.JSONField(blank=True, null=True)),
                (
                    "discarded_at",
                    models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False),
                ),
            ],
            options={"db_table": "discarded_pictures", "ordering": ["discarded_at", "id"]},
        ),
        migrations.AddField("productimage", "renditions", models.JSONField(blank=True, editable=False, null=True)),
        migrations.AddField(
            "productimage",
            "renditions_due_at",
            models.DateTimeField(
                blank=True,
                editable=False,
                help_text="From when on a worker may make them; empty: nothing to do.",
                null=True,
            ),
        ),
        migrations.AddField(
            "productimage", "rendition_attempts", models.SmallIntegerField(db_default=0, default=0, editable=False)
        ),
        migrations.AddField(
            "productimage",
            "rendition_problem",
            models.CharField(blank=True, editable=False, max_length=500, null=True),
        ),
        migrations.AddIndex(
            "productimage",
            models.Index(
                condition=Q(("renditions_due_at__isnull", False)),
                fields=["renditions_due_at"],
                name="idx_product_images_due",
            ),
        ),
        migrations.RunSQL(DISCARD, NOTE_NOTHING),
        migrations.RunSQL(LOOKS_DIFFERENT, ANY_CHANGE),
        migrations.RunSQL(DUE_NOW, migrations.RunSQL.noop),
    ]
