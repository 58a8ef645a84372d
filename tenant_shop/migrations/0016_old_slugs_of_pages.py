"""Old links to the merchant's own pages lead on, as those to products do."""

from django.db import migrations

TRIGGERS = """
CREATE TRIGGER pages_old_slug AFTER UPDATE OF slug ON pages
    FOR EACH ROW WHEN (OLD.slug <> NEW.slug) EXECUTE FUNCTION keep_old_slug('page');
CREATE TRIGGER pages_old_slugs_gone AFTER DELETE ON pages
    FOR EACH ROW EXECUTE FUNCTION keep_old_slug('page');
"""


class Migration(migrations.Migration):
    dependencies = [("tenant_shop", "0015_pages")]

    operations = [
        migrations.RunSQL(
            TRIGGERS, "DROP TRIGGER pages_old_slug ON pages; DROP TRIGGER pages_old_slugs_gone ON pages;"
        )
    ]
