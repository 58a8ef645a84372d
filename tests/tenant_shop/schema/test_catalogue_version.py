"""The catalogue's version: one step for each transaction that changes what pages show, none for the others."""

from collections.abc import Callable
from decimal import Decimal

import psycopg
import pytest

from platform_core.tenancy.context import TenantInfo
from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.catalog.models import Brand, Category, Product, ProductImage
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.catalog.version import stored_version
from tenant_shop.configuration.models import Setting
from tenant_shop.customers.models import Customer
from tenant_shop.inventory.models import StockMovement
from tenant_shop.reviews.models import ProductReview
from tests.databases import owner
from tests.factories.catalog import BrandFactory, CategoryFactory, ProductFactory
from tests.factories.customers import CustomerFactory
from tests.tenant_shop.schema.connections import as_app, blocked

# Tables that no page shows, or shows only what other tables answer for. A table that is new stands here or is attached.
NOT_SHOWN = {
    "analytics_category_daily": "not on pages",
    "analytics_country_daily": "not on pages",
    "analytics_hour_daily": "not on pages",
    "analytics_product_daily": "not on pages",
    "analytics_state": "not on pages",
    "analytics_daily": "figures for the merchant",
    "api_calls": "behind the counter",
    "api_idempotency": "one program's",
    "api_usage": "behind the counter",
    "api_keys": "behind the counter",
    "bulk_edits": "a record for the merchant",
    "bulk_jobs": "not on pages",
    "bulk_rows": "not on pages",
    "cart_losses": "one visitor's, never in a shared page",
    "cart_items": "one visitor's, never in a shared page",
    "catalogue_version": "the version itself",
    "companies": "one company's",
    "company_members": "one company's",
    "custom_fields": "shown as the setting that is kept from them",
    "customer_addresses": "one customer's",
    "customer_consents": "one customer's",
    "credit_note_lines": "one customer's",
    "credit_notes": "one customer's",
    "customer_groups": "whoever is in one gets pages of their own, never a shared one",
    "customer_sessions": "one customer's",
    "customer_tokens": "one customer's",
    "discount_codes": "shown in carts only",
    "discarded_pictures": "not on pages",
    "customer_notes": "not on pages",
    "document_counters": "not on pages",
    "documents": "one customer's",
    "discount_redemptions": "shown in carts only",
    "django_migrations": "Django's ledger",
    "django_session": "one visitor's",
    "email_campaigns": "not on pages",
    "events": "not on pages",
    "import_runs": "a record for the merchant",
    "listing_changes": "counts what other tables answer for",
    "loyalty_entries": "one customer's",
    "order_counters": "not on pages",
    "order_item_discounts": "one customer's",
    "order_items": "one customer's",
    "order_notes": "not on pages",
    "saved_views": "behind the counter",
    "order_status_history": "one customer's",
    "old_slugs": "an address that moved is answered with a redirect, which is not kept",
    "orders": "one customer's",
    "outbox_events": "not on pages",
    "payment_entries": "not on pages",
    "terms_versions": "a record for the merchant",
    "payment_refunds": "not on pages",
    "payments": "not on pages",
    "price_list_entries": "a group's, never in a shared page",
    "price_lists": "a group's, never in a shared page",
    "product_search": "kept from products, variants, brands and categories",
    "product_skus": "kept from products and variants",
    "purchase_requests": "one company's",
    "quote_events": "one customer's",
    "quote_lines": "one customer's",
    "quote_requests": "one customer's",
    "return_lines": "one customer's",
    "returns": "one customer's",
    "saved_items": "one visitor's, never in a shared page",
    "schema_versions": "not on pages",
    "scheduled_changes": "what is still to come",
    "search_counts": "what a search finds is never shared",
    "search_index": "what a search finds is never shared",
    "search_synonym_pairs": "what a search finds is never shared",
    "search_synonyms": "what a search finds is never shared",
    "search_words": "what a search finds is never shared",
    "shipments": "one customer's",
    "shipping_zone_rates": "shown as the setting that is kept from them",
    "shipping_zones": "shown as the setting that is kept from them",
    "shopping_carts": "one visitor's, never in a shared page",
    "stock_alerts": "one visitor's",
    "stock_movements": "pages show the variant's quantity, which is watched",
    "tax_rates": "shown as the setting that is kept from them",
    "tenant_sentinel": "not on pages",
    "webhook_deliveries": "not on pages",
    "webhooks": "not on pages",
    "wishlist_items": "one customer's",
}
SHOWN = {
    "brands": "INSERT UPDATE DELETE TRUNCATE",
    "categories": "INSERT UPDATE DELETE TRUNCATE",
    "cover_pictures": "INSERT UPDATE DELETE TRUNCATE",
    "customers": "UPDATE TRUNCATE",  # the name under a review
    "pages": "INSERT UPDATE DELETE TRUNCATE",
    "product_images": "INSERT UPDATE DELETE TRUNCATE",
    "product_listing": "UPDATE TRUNCATE",  # how much was sold; what else it says, products and reviews said first
    "product_reviews": "INSERT UPDATE DELETE TRUNCATE",
    "product_variants": "INSERT UPDATE DELETE TRUNCATE",
    "products": "INSERT UPDATE DELETE TRUNCATE",
    "quantity_rules": "INSERT UPDATE DELETE TRUNCATE",
    "settings": "INSERT UPDATE DELETE TRUNCATE",
}

Raised = Callable[[], bool]


@pytest.fixture
def raised(shop: TenantInfo) -> Raised:
    """Whether the version rose since it was last asked."""
    last = stored_version()

    def ask() -> bool:
        nonlocal last
        before, last = last, stored_version()
        assert last >= before
        return last > before

    return ask


def stocked(quantity: int, **product: object) -> ProductVariant:
    made = ProductFactory(stock=quantity, **product)
    return ProductVariant.objects.get(product=made)


def move(variant: ProductVariant, delta: int) -> None:
    StockMovement.objects.create(variant=variant, delta=delta, reason="correction")


def test_every_table_is_attached_or_deliberately_not(shop: TenantInfo) -> None:
    with owner(shop.database_name) as connection:
        tables = {row[0] for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
        attached = connection.execute(
            """
            SELECT tgrelid::regclass::text, string_agg(event, ' ' ORDER BY place)
            FROM pg_trigger, (VALUES (4, 'INSERT', 1), (16, 'UPDATE', 2), (8, 'DELETE', 3), (32, 'TRUNCATE', 4))
                AS happening (flag, event, place)
            WHERE tgname LIKE 'catalogue_version_%' AND tgtype & flag <> 0 GROUP BY 1
            """
        ).fetchall()
    assert dict(attached) == SHOWN
    assert tables - SHOWN.keys() == NOT_SHOWN.keys()


def test_every_kind_of_change_raises_it(raised: Raised) -> None:
    brand, category = BrandFactory(), CategoryFactory()
    assert raised()
    product = ProductFactory(stock=50)
    assert raised()
    for change in (
        lambda: Brand.objects.filter(pk=brand.pk).update(name="Other"),
        lambda: Category.objects.filter(pk=category.pk).update(sort_order=3),
        lambda: Product.objects.filter(pk=product.pk).update(price=Decimal("7")),
        lambda: Product.objects.filter(pk=product.pk).update(low_stock_threshold=60),
        lambda: ProductVariant.objects.filter(product=product).update(price=Decimal("8")),
        lambda: ProductVariant.objects.filter(product=product).update(is_active=False),
        lambda: ProductImage.objects.create(product=product, url="/media/a.webp"),
        lambda: ProductImage.objects.update(alt_text="A mug"),
        lambda: ProductImage.objects.all().delete(),
        lambda: Setting.objects.update_or_create(key="store_name", defaults={"value": "Harbour"}),
        lambda: category.delete(),
        lambda: product.delete(),
    ):
        change()
        assert raised(), change.__code__.co_names


def test_only_approved_reviews_and_the_names_under_them_count(raised: Raised) -> None:
    product, customer = ProductFactory(), CustomerFactory(first_name="Ann", last_name="Lind")
    raised()
    review = ProductReview.objects.create(product=product, customer=customer, rating=5, status="pending")
    review.content = "Still thinking"
    review.save()
    assert not raised()
    review.status = "approved"
    review.save()
    assert raised()
    Customer.objects.filter(pk=customer.pk).update(phone="1", total_orders=3)
    assert not raised()
    Customer.objects.filter(pk=customer.pk).update(first_name="Anna")
    assert raised()
    review.delete()
    assert raised()


def test_a_sale_counts_only_when_it_changes_what_pages_tell_of_the_stock(raised: Raised) -> None:
    variant = stocked(20, low_stock_threshold=5)
    raised()
    for delta, shown in ((-10, False), (-4, False), (-1, True), (-1, True), (+1, True), (+3, True), (+9, False)):
        move(variant, delta)
        assert raised() is shown, delta
    move(variant, -17)
    assert raised()


def test_stock_below_zero_looks_like_none(raised: Raised) -> None:
    variant = stocked(1, allow_backorder=True, low_stock_threshold=0)
    raised()
    move(variant, -1)
    assert raised()
    move(variant, -5)
    assert not raised()


def test_what_no_page_shows_does_not_raise_it(raised: Raised) -> None:
    CustomerFactory()
    variant = stocked(100)
    raised()
    ProductVariant.objects.filter(pk=variant.pk).update(sku=variant.sku)
    Product.objects.filter(pk=variant.product_id).update(name=variant.product.name)
    assert not raised()


def test_a_transaction_raises_it_once_at_its_end(shop: TenantInfo) -> None:
    with as_app(shop) as writer:
        told: list[str] = []
        writer.add_notice_handler(lambda notice: told.append(str(notice.message_primary)))
        writer.execute("INSERT INTO brands (name, slug) SELECT n, n FROM generate_series(1, 2500) AS n")
        writer.execute("UPDATE brands SET name = name || 'x'")
        assert told == []
        writer.commit()
        assert told == [f"catalogue_version {stored_version()}"]
        writer.execute("UPDATE brands SET name = name || 'y' WHERE slug = '1'")
        writer.commit()
        assert told[1:] == [f"catalogue_version {stored_version()}"]


def test_what_is_rolled_back_raises_nothing_and_what_follows_a_savepoint_does(raised: Raised) -> None:
    brand = BrandFactory()
    raised()
    with pytest.raises(ZeroDivisionError), shop_transaction():
        Brand.objects.update(name="Other")
        raise ZeroDivisionError
    assert not raised()
    with shop_transaction():
        with pytest.raises(ZeroDivisionError), shop_transaction():
            Brand.objects.update(name="Other")
            raise ZeroDivisionError
        CustomerFactory()
    assert not raised()
    with shop_transaction():
        with pytest.raises(ZeroDivisionError), shop_transaction():
            Brand.objects.update(name="Other")
            raise ZeroDivisionError
        Brand.objects.filter(pk=brand.pk).update(name="Third")
    assert raised()


def test_versions_follow_the_order_of_the_commits(shop: TenantInfo) -> None:
    BrandFactory(slug="one")
    BrandFactory(slug="two")
    with as_app(shop) as first, as_app(shop) as second:
        first.execute("UPDATE brands SET name = 'first' WHERE slug = 'one'")
        first.execute("SET CONSTRAINTS ALL IMMEDIATE")  # as far as its commit, but for the commit
        second.execute("UPDATE brands SET name = 'second' WHERE slug = 'two'")
        before = stored_version()
        with blocked(second, "SET CONSTRAINTS ALL IMMEDIATE") as waiting:
            first.commit()
            between = stored_version()
            waiting.result()
        assert stored_version() == between > before
        second.commit()
        assert stored_version() > between


def test_a_version_never_comes_again(shop: TenantInfo) -> None:
    BrandFactory()
    highest = stored_version()
    with owner(shop.database_name) as connection:
        connection.execute("UPDATE catalogue_version SET version = 7")  # a failover lost the last commits
        BrandFactory()
        assert stored_version() > highest
        connection.execute("DELETE FROM catalogue_version")
        BrandFactory()
        assert stored_version() > highest
        connection.execute("UPDATE catalogue_version SET version = 9000000000000000")  # a clock that ran ahead
    BrandFactory()
    assert stored_version() == 9000000000000001


def test_there_is_one_row(shop: TenantInfo) -> None:
    BrandFactory()
    with as_app(shop) as app, pytest.raises(psycopg.errors.CheckViolation):
        app.execute('INSERT INTO catalogue_version ("only", version) VALUES (false, 1)')


def test_emptying_a_table_raises_it(raised: Raised, shop: TenantInfo) -> None:
    with owner(shop.database_name) as connection:
        connection.execute("TRUNCATE brands CASCADE")
    assert raised()
