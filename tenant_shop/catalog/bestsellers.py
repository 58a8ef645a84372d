"""What sells best at the moment."""

from datetime import timedelta

from django.db.models import Sum
from django.utils import timezone

from tenant_shop.catalog.models import Product
from tenant_shop.catalog.summary import ProductSummary, summarise, with_summary_facts
from tenant_shop.orders.models import Order, OrderItem

# Long enough for a quiet shop, short enough to follow the season.
COUNTED = timedelta(days=90)


def bestselling_products(limit: int) -> list[ProductSummary]:
    """The listed products of which most pieces were ordered in the last 90 days, the best first. Two statements."""
    sold = (
        OrderItem.objects.filter(order__created_at__gte=timezone.now() - COUNTED)
        .exclude(order__status__in=(Order.Status.CANCELLED, Order.Status.REFUNDED))
        .values("product")
        .annotate(pieces=Sum("quantity"))
        .order_by("-pieces", "product")
    )
    # Twice as many, because some may have left the shop since.
    places = {row["product"]: place for place, row in enumerate(sold[: 2 * limit])}
    if not places:
        return []
    found = summarise(with_summary_facts(Product.objects.listed().filter(pk__in=places)))
    return sorted(found, key=lambda product: places[product.id])[:limit]
