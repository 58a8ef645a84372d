"""What the shop's people search for is read by indexes of trigrams, and what runs low by one of those few products.

Of SKUs there is one index: products' and variants' are in one table, which has no model.
"""

from typing import Any

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Func, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Upper

from smartseller.words import Together

SKUS = "CREATE INDEX CONCURRENTLY idx_product_skus_words ON product_skus USING GIN (upper(sku) gin_trgm_ops)"
NO_SKUS = "DROP INDEX CONCURRENTLY idx_product_skus_words"


def words(name: str, *parts: Any) -> GinIndex:
    return GinIndex(OpClass(Upper(Together(*parts)), "gin_trgm_ops"), name=name)


class Migration(migrations.Migration):
    atomic = False
    # Without them lists are found and counted all the same, only slower.
    shops_may_lag = True

    dependencies = [("tenant_shop", "0060_runs_low")]

    operations = [
        AddIndexConcurrently(
            "order",
            words(
                "idx_orders_words",
                "order_number",
                "customer_email",
                "purchase_number",
                "company_name",
                KeyTextTransform("first_name", "shipping_address"),
                KeyTextTransform("last_name", "shipping_address"),
            ),
        ),
        AddIndexConcurrently("customer", words("idx_customers_words", "first_name", "last_name", "email", "phone")),
        AddIndexConcurrently("customer", GinIndex(fields=["tags"], name="idx_customers_tags")),
        AddIndexConcurrently("product", words("idx_products_words", "name", "slug", Func("tags", function="tags_as_text", output_field=TextField()))),
        AddIndexConcurrently(
            "product", models.Index(fields=["name", "id"], condition=models.Q(runs_low=True), name="idx_products_low")
        ),
        migrations.RunSQL(SKUS, NO_SKUS),
    ]
