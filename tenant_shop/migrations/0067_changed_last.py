"""Programs read products and customers in the order in which they changed, from wherever they were, by index."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    # Without them lists are found and sorted all the same, only slower.
    shops_may_lag = True

    dependencies = [("tenant_shop", "0066_companies_and_quotes_by_words")]

    operations = [
        AddIndexConcurrently("product", models.Index(fields=["updated_at", "id"], name="idx_products_changed")),
        AddIndexConcurrently("customer", models.Index(fields=["updated_at", "id"], name="idx_customers_changed")),
    ]
