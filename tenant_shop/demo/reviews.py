"""Writing what customers say."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from tenant_shop.catalog.models import Product
from tenant_shop.customers.models import Customer
from tenant_shop.demo.history.moments import id_at
from tenant_shop.demo.history.orders import PastOrder
from tenant_shop.demo.shops import DemoShop
from tenant_shop.orders.models import Order
from tenant_shop.reviews.models import ProductReview

# The newest reviews still wait for somebody of the shop; one is the kind that never gets through.
PENDING = 5
REFUSED = (1, "Visit my page", "Earn money from home, write to me for details!")


def write_reviews(
    shop: DemoShop, products: Sequence[Product], orders: Sequence[PastOrder], *, now: datetime, random: Random
) -> int:
    """Write the reviews of the data files, by people who received the product; how many. One statement."""
    by_sku = {product.sku: product for product in products}
    buyers = _buyers(orders)
    rows = [
        row
        for demo in shop.products
        for row in _of_product(
            by_sku[demo.sku], demo.reviews, buyers.get(by_sku[demo.sku].pk, []), now=now, random=random
        )
    ]
    rows.sort(key=lambda row: row.created_at)
    for row in rows[-PENDING:]:
        row.status = ProductReview.Status.PENDING
    if rows:
        stars, title, text = REFUSED
        rows[0].status, rows[0].rating, rows[0].title, rows[0].content = "rejected", stars, title, text
        rows[0].helpful_votes = 0
    ProductReview.objects.bulk_create(rows)
    return len(rows)


def _buyers(orders: Sequence[PastOrder]) -> dict[UUID, list[tuple[Order, Customer]]]:
    """Who received each product, each person once."""
    found: dict[UUID, dict[UUID, tuple[Order, Customer]]] = {}
    for past in orders:
        customer = past.order.customer
        if past.order.status == Order.Status.DELIVERED and customer is not None:
            for item in past.items:
                found.setdefault(item.product_id, {}).setdefault(customer.pk, (past.order, customer))
    return {product_id: list(people.values()) for product_id, people in found.items()}


def _of_product(
    product: Product,
    said: Sequence[tuple[int, str, str]],
    buyers: Sequence[tuple[Order, Customer]],
    *,
    now: datetime,
    random: Random,
) -> Iterator[ProductReview]:
    """One review for each buyer at most."""
    chosen = random.sample(buyers, min(len(said), len(buyers)))
    for (rating, title, text), (order, customer) in zip(said, chosen, strict=False):
        delivered_at = order.delivered_at or order.created_at
        at = min(
            delivered_at + timedelta(days=random.triangular(1, 25, 5)), now - timedelta(minutes=random.randint(5, 900))
        )
        yield ProductReview(
            id=id_at(at),
            product=product,
            customer=customer,
            order=order,
            rating=rating,
            title=title,
            content=text,
            status=ProductReview.Status.APPROVED,
            helpful_votes=min(int(random.expovariate(0.5)), 14),
            is_verified_purchase=True,
            created_at=max(at, delivered_at),
            updated_at=max(at, delivered_at),
        )
