"""Slugs that were given up are kept, so that old links lead on."""

import django.contrib.postgres.functions
from django.db import migrations, models

import smartseller.database
import smartseller.ids

# The last to give up a slug has its old links. Who takes a slug has it: old links are asked for only when nobody does.
KEEP_OLD_SLUG = """
CREATE FUNCTION keep_old_slug() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM old_slugs WHERE kind = TG_ARGV[0] AND target_id = OLD.id;
        RETURN NULL;
    END IF;
    INSERT INTO old_slugs (kind, slug, target_id) VALUES (TG_ARGV[0], OLD.slug, OLD.id)
    ON CONFLICT (kind, slug) DO UPDATE SET target_id = EXCLUDED.target_id, created_at = CURRENT_TIMESTAMP;
    DELETE FROM old_slugs WHERE kind = TG_ARGV[0] AND slug = NEW.slug AND target_id = NEW.id;
    RETURN NULL;
END;
$$;
"""
TABLES = [("products", "product"), ("categories", "category"), ("brands", "brand")]
TRIGGERS = "".join(
    f"""
CREATE TRIGGER {table}_old_slug AFTER UPDATE OF slug ON {table}
    FOR EACH ROW WHEN (OLD.slug <> NEW.slug) EXECUTE FUNCTION keep_old_slug('{kind}');
CREATE TRIGGER {table}_old_slugs_gone AFTER DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION keep_old_slug('{kind}');
"""
    for table, kind in TABLES
)


class Migration(migrations.Migration):
    dependencies = [("tenant_shop", "0010_pictures")]

    operations = [
        migrations.CreateModel(
            name="OldSlug",
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
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("product", "Product"),
                            ("category", "Category"),
                            ("brand", "Brand"),
                            ("page", "Page"),
                        ],
                        max_length=20,
                    ),
                ),
                ("slug", models.CharField(max_length=255)),
                ("target_id", models.UUIDField()),
                (
                    "created_at",
                    models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False),
                ),
            ],
            options={
                "db_table": "old_slugs",
                "indexes": [models.Index(fields=["target_id"], name="idx_old_slugs_target")],
                "constraints": [models.UniqueConstraint(fields=("kind", "slug"), name="old_slugs_kind_slug_key")],
            },
        ),
        migrations.RunSQL(KEEP_OLD_SLUG, "DROP FUNCTION keep_old_slug() CASCADE"),
        migrations.RunSQL(TRIGGERS, migrations.RunSQL.noop),
    ]
