"""Which categories have something to show is read from an index alone: it holds the listed products only."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("tenant_shop", "0058_any_variant_on_sale")]

    operations = [
        AddIndexConcurrently(
            model_name="productlisting",
            index=models.Index(
                fields=["category_id"], condition=models.Q(is_listed=True), name="idx_listing_category_listed"
            ),
        ),
        RemoveIndexConcurrently(model_name="productlisting", name="idx_listing_category"),
    ]
