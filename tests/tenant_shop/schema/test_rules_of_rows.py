"""Rows that do not fit together are refused by the database itself, and deletion follows each foreign key's rule."""

import psycopg
import pytest
from django.db import IntegrityError
from django.db.models import ProtectedError

from platform_core.tenancy.context import TenantInfo
from tenant_shop.carts.models import CartItem, ShoppingCart
from tenant_shop.catalog.models import Category, Product, ProductImage
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.customers.models import CustomerAddress
from tenant_shop.integrations.models import Webhook
from tenant_shop.orders.history import OrderStatusHistory
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order
from tenant_shop.payments.models import PaymentEntry
from tenant_shop.promotions.models import DiscountCode, DiscountRedemption
from tenant_shop.reviews.models import ProductReview
from tests.factories.catalog import BrandFactory, CategoryFactory, ProductFactory, VariantFactory
from tests.factories.customers import CustomerFactory
from tests.factories.orders import OrderFactory, OrderItemFactory
from tests.factories.promotions import DiscountCodeFactory
from tests.tenant_shop.schema.connections import as_app
from tests.tenant_shop.schema.rows import address, cart_item, entry, review


def test_a_category_is_not_its_own_parent(shop: TenantInfo) -> None:
    category = CategoryFactory()

    with pytest.raises(IntegrityError, match="categories_not_its_own_parent"):
        Category.objects.filter(pk=category.pk).update(parent=category)


def test_a_stock_movement_has_a_known_reason(shop: TenantInfo) -> None:
    variant = VariantFactory()

    with pytest.raises(IntegrityError, match="stock_movements_reason_check"):
        variant.movements.create(delta=1, reason="magic")


def test_one_address_has_one_account_however_it_is_capitalised(shop: TenantInfo) -> None:
    CustomerFactory(email="Ann@example.com")

    with pytest.raises(IntegrityError, match="idx_customers_email"):
        CustomerFactory(email="ann@Example.com")


@pytest.mark.parametrize("whose", ["session", "customer"])
def test_there_is_one_open_cart_each(shop: TenantInfo, whose: str) -> None:
    values = {"session_id": "s"} if whose == "session" else {"customer": CustomerFactory()}
    first = ShoppingCart.objects.create(**values)

    with pytest.raises(IntegrityError, match=f"shopping_carts_open_by_{whose}"):
        ShoppingCart.objects.create(**values)

    ShoppingCart.objects.filter(pk=first.pk).update(completed_at="2026-01-01T00:00:00Z")
    assert ShoppingCart.objects.create(**values).is_open


def test_a_new_cart_is_kept_for_thirty_days(shop: TenantInfo) -> None:
    cart = ShoppingCart.objects.create()

    assert (cart.expires_at - cart.created_at).days == 30


def test_a_line_names_a_variant_of_its_own_product(shop: TenantInfo) -> None:
    elsewhere = ProductFactory()

    with pytest.raises(IntegrityError, match="cart_items_variant_id_fkey"):
        cart_item(product=elsewhere)
    with pytest.raises(IntegrityError, match="order_items_variant_id_fkey"):
        OrderItemFactory(product=elsewhere)


def test_a_gateways_event_is_recorded_once(shop: TenantInfo) -> None:
    paid = entry(provider_event_id="evt_1")
    entry(provider_event_id="evt_1", gateway="demo")
    entry(), entry()

    with pytest.raises(IntegrityError, match="payment_entries_event_key"):
        entry(provider_event_id="evt_1")

    assert PaymentEntry.objects.count() == 4
    assert paid.payment.captured_amount == paid.payment.refundable_amount == 1


def test_a_cart_becomes_one_order(shop: TenantInfo) -> None:
    cart_id = ShoppingCart.objects.create().pk
    OrderFactory(cart_id=cart_id)
    ShoppingCart.objects.all().delete()

    with pytest.raises(IntegrityError, match="orders_cart_key"):
        OrderFactory(cart_id=cart_id)

    assert Order.objects.get().cart_id == cart_id


def test_a_code_is_redeemed_once_for_an_order(shop: TenantInfo) -> None:
    values = {"discount": DiscountCodeFactory(), "order": OrderFactory(), "customer_email": "ann@example.com"}
    DiscountRedemption.objects.create(**values)

    with pytest.raises(IntegrityError, match="discount_redemptions_order_key"):
        DiscountRedemption.objects.create(**values)


def test_deleting_an_order_takes_what_belongs_to_it(shop: TenantInfo) -> None:
    item = OrderItemFactory(variant__stock=3)
    order = item.order
    history = OrderStatusHistory.objects.create(order=order, new_status="pending")
    movement = item.variant.movements.create(delta=-1, reason="sale", order=order)
    kept = review(order=order)

    order.delete()

    assert not OrderItem.objects.exists()
    assert not OrderStatusHistory.objects.filter(pk=history.pk).exists()
    movement.refresh_from_db()
    kept.refresh_from_db()
    assert (movement.order_id, kept.order_id) == (None, None)


DELETIONS = [
    "DELETE FROM products", "DELETE FROM product_variants", "DELETE FROM customers", "DELETE FROM categories",
    "DELETE FROM brands",
]  # fmt: skip


@pytest.mark.parametrize("statement", DELETIONS)
def test_what_was_sold_or_is_in_use_cannot_be_deleted(shop: TenantInfo, statement: str) -> None:
    product = ProductFactory(category=CategoryFactory(), brand=BrandFactory())
    order = OrderFactory(customer=CustomerFactory())
    OrderItemFactory(order=order, variant=product.variant_rows.get())

    with as_app(shop) as app, pytest.raises(psycopg.errors.ForeignKeyViolation):
        app.execute(statement)
    with pytest.raises(ProtectedError):
        product.delete()

    assert Product.objects.count() == 1


def test_deleting_a_customer_takes_addresses_carts_and_reviews(shop: TenantInfo) -> None:
    home = address()
    ShoppingCart.objects.create(customer=home.customer)
    review(customer=home.customer)

    with as_app(shop) as app:
        app.execute("DELETE FROM customers")

    assert not CustomerAddress.objects.exists()
    assert not ShoppingCart.objects.exists()
    assert not ProductReview.objects.exists()


def test_deleting_a_product_takes_pictures_variants_and_cart_lines(shop: TenantInfo) -> None:
    line = cart_item()
    picture = ProductImage.objects.create(product=line.product, url="https://example.com/a.jpg")
    ProductVariant.objects.filter(pk=line.variant_id).update(image=picture)

    with as_app(shop) as app:
        app.execute("DELETE FROM product_images")
        assert app.execute("SELECT image_id FROM product_variants").fetchall() == [(None,)]
        app.execute("DELETE FROM products")

    assert not CartItem.objects.exists()
    assert not ProductVariant.objects.exists()
    assert ShoppingCart.objects.count() == 1


def test_deleting_a_category_frees_its_children(shop: TenantInfo) -> None:
    child = CategoryFactory(parent=CategoryFactory())

    with as_app(shop) as app:
        app.execute("DELETE FROM categories WHERE id = %s", (child.parent_id,))

    child.refresh_from_db()
    assert child.parent is None


def test_a_webhook_starts_with_the_specified_patience(shop: TenantInfo) -> None:
    with as_app(shop) as app:
        app.execute("INSERT INTO webhooks (name, url, events) VALUES ('a', 'https://example.com', '{order.created}')")

    hook = Webhook.objects.get()
    assert (hook.is_active, hook.retry_count, hook.timeout_seconds, hook.custom_headers) == (True, 3, 30, {})


def test_an_order_by_plain_sql_gets_every_default(shop: TenantInfo) -> None:
    with as_app(shop) as app:
        app.execute("""INSERT INTO orders (customer_email, subtotal_amount, total_amount, shipping_address,
                       billing_address) VALUES ('ann@example.com', 1, 1, '{}', '{}')""")

    order = Order.objects.get()
    assert (order.status, order.payment_status, order.fulfillment_status) == ("pending", "pending", "unfulfilled")
    assert (order.currency, order.tax_amount, order.tax_included, order.cart_id) == ("USD", 0, False, None)


def test_a_code_by_plain_sql_starts_unused(shop: TenantInfo) -> None:
    with as_app(shop) as app:
        app.execute("INSERT INTO discount_codes (code, name, type, value) VALUES ('A', 'a', 'free_shipping', 0)")

    code = DiscountCode.objects.get()
    assert (code.usage_count, code.is_active, code.is_used_up) == (0, True, False)


@pytest.mark.parametrize("role", ["shipping", "billing"])
def test_one_address_is_chosen_for_each_purpose(shop: TenantInfo, role: str) -> None:
    customer = CustomerFactory()
    address(customer=customer, type="both", is_default=True)
    address(customer=customer, type=role)

    with pytest.raises(IntegrityError, match=f"customer_addresses_one_for_{role}"):
        address(customer=customer, type=role, is_default=True)
