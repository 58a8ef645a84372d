"""Lists of reviews, returns and customers are read by index: sorted by when, narrowed by standing, found by words."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Upper

from smartseller.words import Together


def newest(name: str, *before: str) -> models.Index:
    return models.Index(fields=[*before, "created_at", "id"], name=name)


class Migration(migrations.Migration):
    atomic = False
    # Without them lists are found and sorted all the same, only slower.
    shops_may_lag = True

    dependencies = [("tenant_shop", "0062_api_keys")]

    operations = [
        AddIndexConcurrently("customer", newest("idx_customers_newest")),
        AddIndexConcurrently("return", newest("idx_returns_newest")),
        AddIndexConcurrently("productreview", newest("idx_product_reviews_newest")),
        AddIndexConcurrently("productreview", newest("idx_product_reviews_status", "status")),
        AddIndexConcurrently(
            "productreview",
            GinIndex(
                OpClass(Upper(Together("title", "content")), "gin_trgm_ops"), name="idx_product_reviews_words"
            ),
        ),
    ]
