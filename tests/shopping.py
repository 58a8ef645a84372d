"""What the selling rooms' tests share: a shop that sells, filled carts, orders, and proof that nothing moved."""

import threading
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.carts.change import add_line
from tenant_shop.carts.models import CartItem, ShoppingCart
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.configuration.models import Setting
from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.orders.models import Order
from tenant_shop.orders.place import place_order
from tenant_shop.orders.quote import quote
from tests.factories.catalog import ProductFactory

ADDRESS = {
    "first_name": "Ann",
    "last_name": "Example",
    "address_line_1": "1 Main Street",
    "postal_code": "10115",
    "city": "Berlin",
    "country": "DE",
}
STANDARD = {"code": "standard", "name": "Standard delivery", "amount": "4.90"}


def configure(**settings: Any) -> None:
    """Set settings of the active shop; by default it sells in euros, without tax, with one way to deliver."""
    values = {
        "currency": "EUR",
        "tax_rate": "0",
        "prices_include_tax": False,
        "shipping_rates": [STANDARD],
        "payment_methods": ["bank_transfer", "cash_on_delivery"],
        **settings,
    }
    for key, value in values.items():
        Setting.objects.update_or_create(key=key, defaults={"value": value})


def settings_of(**changes: Any) -> ShopSettings:
    """A German shop's settings, without a database."""
    values: dict[str, Any] = {
        "store_name": "",
        "store_email": "",
        "currency": "EUR",
        "timezone": "UTC",
        "country": "DE",
        "language": "en",
        "tax_rate": Decimal(0),
        "prices_include_tax": True,
        "shipping_rates": (),
        "payment_methods": (),
        "theme": {},
        "facets": {},
    }
    return ShopSettings(**{**values, **changes})


def stocked(*, price: str = "10.00", stock: int = 10, **product: Any) -> ProductVariant:
    """The only variant of a new product."""
    made = ProductFactory(price=Decimal(price), stock=stock, **product)
    return ProductVariant.objects.select_related("product").get(product=made)


def cart_with(*wanted: tuple[ProductVariant, int], session_id: str = "") -> UUID:
    """A cart that holds the variants."""
    cart_id: UUID | None = None
    for variant, quantity in wanted:
        cart_id = add_line(cart_id, variant_id=variant.pk, quantity=quantity, session_id=session_id)
    assert cart_id is not None
    return cart_id


def visits(variant: ProductVariant, number: int, *, code: str | None = None) -> Iterator[UUID]:
    """The carts of so many visitors, each with one piece and, if wished, a code: what filling them one by one leaves,
    in a few statements for all.
    """
    first = cart_with((variant, 1))
    ShoppingCart.objects.filter(pk=first).update(coupon_code=code)
    cart, line = ShoppingCart.objects.get(pk=first), CartItem.objects.get(cart=first)
    carts = [copy_of(cart) for _ in range(number - 1)]
    ShoppingCart.objects.bulk_create(carts)
    CartItem.objects.bulk_create([copy_of(line, cart=each) for each in carts])
    yield first
    yield from (each.pk for each in carts)


def copy_of(row: Any, **changes: Any) -> Any:
    """The same row again, unsaved, with an id of its own."""
    values = {field.name: getattr(row, field.name) for field in row._meta.concrete_fields if not field.primary_key}
    return type(row)(**{**values, **changes})


def submission(cart_id: UUID, **changes: Any) -> dict[str, Any]:
    """The arguments of `place_order` that a shopper who saw the current quote sends."""
    values: dict[str, Any] = {
        "cart_id": cart_id,
        "idempotency_key": str(uuid4()),
        "email": "ann@example.com",
        "phone": "",
        "shipping_address": ADDRESS,
        "billing_address": ADDRESS,
        "shipping_code": "standard",
        "payment_method": "bank_transfer",
        **changes,
    }
    if "expected_total" not in values:
        values["expected_total"] = quote(cart_id, country="DE", shipping_code=values["shipping_code"]).total
    return values


def order_from(cart_id: UUID, **changes: Any) -> Order:
    return place_order(**submission(cart_id, **changes))


def order_of(*wanted: tuple[ProductVariant, int], **changes: Any) -> Order:
    return order_from(cart_with(*wanted), **changes)


def everything() -> dict[str, Any]:
    """A digest of every row of every table of the active shop: equal before and after, nothing moved."""
    with shop_connection().cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        tables = [row[0] for row in cursor.fetchall()]
        digests = {}
        for table in tables:
            cursor.execute(f'SELECT count(*), md5(string_agg(t::text, chr(10) ORDER BY t::text)) FROM "{table}" t')
            digests[table] = cursor.fetchone()
    return digests


def stock_of(variant: ProductVariant) -> int:
    return ProductVariant.objects.get(pk=variant.pk).inventory_quantity


def at_once(shop: TenantInfo, calls: Iterable[Callable[[], Any]]) -> list[Any]:
    """Run the calls at the same moment, each in a thread inside the shop; their results or exceptions, in order."""
    todo = list(calls)
    results: list[Any] = [None] * len(todo)
    gate = threading.Barrier(len(todo))

    def run(index: int, call: Callable[[], Any]) -> None:
        gate.wait()
        try:
            with tenant_context(shop):
                results[index] = call()
        except Exception as error:
            results[index] = error

    threads = [threading.Thread(target=run, args=(index, call)) for index, call in enumerate(todo)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
