"""Writing a review: of what was bought, one for a product and a customer, shown once the shop approves it."""

from uuid import UUID

from django.db.models import QuerySet

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.catalog.models import Product
from tenant_shop.customers.models import Customer
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order
from tenant_shop.reviews.errors import NotBought
from tenant_shop.reviews.models import ProductReview

SENT = (Order.Status.SHIPPED, Order.Status.DELIVERED)
LONGEST_TITLE, LONGEST_CONTENT = 255, 5000


def bought(customer: Customer) -> QuerySet[OrderItem]:
    """The order lines of what the customer was sent; of test orders nothing is sent."""
    return OrderItem.objects.filter(order__customer=customer, order__status__in=SENT, order__is_test=False)


def write_review(customer: Customer, product_id: UUID, *, rating: int, title: str, content: str) -> ProductReview:
    """The customer's review of a product, in place of the one they had; it waits for the shop to approve it.

    `rating` is 1 to 5. Errors: NotBought; nothing is written then.
    """
    line = bought(customer).filter(product=product_id).order_by("order__created_at").first()
    if line is None:
        raise NotBought
    with shop_transaction():
        review, _ = ProductReview.objects.update_or_create(
            product_id=product_id,
            customer=customer,
            defaults={
                "order_id": line.order_id,
                "rating": rating,
                "title": title[:LONGEST_TITLE] or None,
                "content": content[:LONGEST_CONTENT] or None,
                "status": ProductReview.Status.PENDING,
                # They were about what was written before.
                "reason": "",
                "reply": "",
                "replied_at": None,
                "is_verified_purchase": True,
            },
        )
    return review


def reviewable_products(customer: Customer) -> list[Product]:
    """What the customer was sent and can be seen in the shop, by name. One statement."""
    products = Product.objects.reachable().filter(pk__in=bought(customer).values("product"))
    return list(products.only("pk", "name", "slug").order_by("name", "pk"))
