"""What a customer would like to have."""

from uuid import UUID

from django.contrib.postgres.functions import RandomUUID
from django.db import models

from platform_core.tenancy.transactions import shop_transaction
from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7
from tenant_shop.catalog.models import Product
from tenant_shop.catalog.summary import ProductSummary, summarise, with_summary_facts
from tenant_shop.customers.models import Customer

# The oldest makes room.
MOST_WISHES = 200


class WishlistItem(models.Model):
    """A product on a customer's list."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="wishes", db_index=False, db_constraint=False)
    product = models.ForeignKey(Product, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "wishlist_items"
        ordering = ["-created_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["customer", "product"], name="wishlist_items_one_each")]
        indexes = [models.Index(fields=["product"], name="idx_wishlist_items_product")]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.product_id}"


def add_wish(customer: Customer, slug: str) -> str | None:
    """Put the product of this slug on the list; its name, None when there is none. Twice is once."""
    product = Product.objects.reachable().filter(slug=slug).only("pk", "name").first()
    if product is None:
        return None
    with shop_transaction():
        wish = WishlistItem(customer=customer, product_id=product.pk)
        WishlistItem.objects.bulk_create([wish], ignore_conflicts=True)
        kept = WishlistItem.objects.filter(customer=customer).values("pk")[:MOST_WISHES]
        WishlistItem.objects.filter(customer=customer).exclude(pk__in=kept).delete()
    return product.name


def remove_wish(customer: Customer, product_id: UUID) -> None:
    """Take a product off the list. Safe to repeat."""
    WishlistItem.objects.filter(customer=customer, product=product_id).delete()


def wishes_of(customer: Customer) -> list[ProductSummary]:
    """The products on the list that can be seen, the latest wish first. Two statements."""
    order = list(WishlistItem.objects.filter(customer=customer).values_list("product", flat=True))
    products = with_summary_facts(Product.objects.reachable().filter(pk__in=order))
    return sorted(summarise(list(products)), key=lambda summary: order.index(summary.id))
