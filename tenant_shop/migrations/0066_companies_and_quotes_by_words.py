"""Quotes, companies and their purchase requests are found by words and sorted by when, orders by telephone number, too.

The index by which orders were found until now goes once the new one is there.
"""

from typing import Any

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models import TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Right, Upper

from smartseller.words import Together


def words(name: str, *parts: Any) -> GinIndex:
    return GinIndex(OpClass(Upper(Together(*parts)), "gin_trgm_ops"), name=name)


def newest(name: str, *before: str) -> models.Index:
    return models.Index(fields=[*before, "created_at", "id"], name=name)


class Migration(migrations.Migration):
    atomic = False
    # Without them lists are found and sorted all the same, only slower.
    shops_may_lag = True

    dependencies = [("tenant_shop", "0065_events_and_deliveries")]

    operations = [
        AddIndexConcurrently("quoterequest", newest("idx_quote_requests_newest")),
        AddIndexConcurrently(
            "quoterequest", words("idx_quote_requests_words", "email", "name", Right(Cast("id", TextField()), 8))
        ),
        AddIndexConcurrently("company", newest("idx_companies_newest")),
        AddIndexConcurrently("company", words("idx_companies_words", "name", "tax_id")),
        AddIndexConcurrently("purchaserequest", newest("idx_purchase_requests_newest")),
        AddIndexConcurrently("purchaserequest", newest("idx_purchase_requests_status", "status")),
        AddIndexConcurrently(
            "order",
            words(
                "idx_orders_known_by",
                "order_number",
                "customer_email",
                "customer_phone",
                "purchase_number",
                "company_name",
                KeyTextTransform("first_name", "shipping_address"),
                KeyTextTransform("last_name", "shipping_address"),
            ),
        ),
        RemoveIndexConcurrently("order", "idx_orders_words"),
    ]
