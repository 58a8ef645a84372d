"""Orders are listed by their tags, however many there are; those without tags are not in the index."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False
    # Without it lists are narrowed all the same, only slower.
    shops_may_lag = True

    dependencies = [("tenant_shop", "0070_more_of_what_is_deleted")]

    operations = [
        AddIndexConcurrently(
            "order", GinIndex(fields=["tags"], condition=Q(tags__isnull=False), name="idx_orders_tags")
        ),
    ]
