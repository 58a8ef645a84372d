"""The back office lists products by name: without an index it would sort all of them for each page."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenant_shop", "0048_test_orders")]

    operations = [
        migrations.AddIndex("product", models.Index(fields=["name", "id"], name="idx_products_name")),
    ]
