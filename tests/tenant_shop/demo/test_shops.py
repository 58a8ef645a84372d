"""What the demo shops hold."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image

from platform_core.accounts.access import live_access
from platform_core.accounts.models import PlatformUser
from platform_core.tenancy import directory
from tenant_shop.carts.change import add_line
from tenant_shop.carts.models import ShoppingCart
from tenant_shop.catalog.models import Category, Product, ProductImage
from tenant_shop.catalog.pictures.models import CoverPicture
from tenant_shop.catalog.pictures.recipe import rendition_names
from tenant_shop.catalog.search.find import search
from tenant_shop.catalog.search.models import SearchCount, SearchSynonym
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.companies.credit import open_amount
from tenant_shop.companies.models import Company, CompanyMember, PurchaseRequest
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.customers.models import Customer
from tenant_shop.demo.history.moments import history_start
from tenant_shop.demo.people import PASSWORD
from tenant_shop.demo.shops import SLUGS, demo_shop
from tenant_shop.loyalty.models import LoyaltyEntry
from tenant_shop.loyalty.rules import loyalty_rules
from tenant_shop.loyalty.upkeep import keep_loyalty
from tenant_shop.orders.history import OrderCounter
from tenant_shop.orders.models import Order
from tenant_shop.orders.place import place_order
from tenant_shop.orders.quote import quote
from tenant_shop.orders.shipments import Shipment
from tenant_shop.payments.methods import PAY_LATER, payment_methods
from tenant_shop.pricing.models import QuantityRule
from tenant_shop.pricing.terms import terms_for
from tenant_shop.promotions.models import DiscountCode
from tenant_shop.quotes.models import QuoteRequest
from tenant_shop.returns.models import Return
from tenant_shop.reviews.models import ProductReview
from tenant_shop.shipping.models import ShippingZone
from tenant_shop.taxes.rates import local_taxes
from tests.tenant_shop.demo.conftest import Visit

pytestmark = pytest.mark.usefixtures("demo_shops")


def test_the_shops_differ_in_currency_time_zone_theme_and_catalogue(visit: Visit) -> None:
    found = []
    for slug in SLUGS:
        with visit(slug) as tenant:
            settings = shop_settings()
            found.append(
                (settings.currency, settings.timezone, settings.tax_rate, settings.prices_include_tax, tenant.plan)
            )
            assert (settings.currency, settings.timezone, settings.country) == (
                tenant.currency,
                tenant.timezone,
                tenant.country,
            )
            theme = {
                key: value["url"] if isinstance(value, dict) and "url" in value else value
                for key, value in tenant.theme.items()
            }
            assert theme == demo_shop(slug).theme == settings.theme

    assert found == [
        ("EUR", "Europe/Berlin", Decimal("0.19"), False, "premium"),
        ("JPY", "Asia/Tokyo", Decimal("0.10"), True, "basic"),
    ]
    fernmoor, kasumino = (demo_shop(slug) for slug in SLUGS)
    assert not {product.slug for product in fernmoor.products} & {product.slug for product in kasumino.products}


@pytest.mark.parametrize("slug", SLUGS)
def test_a_shop_has_at_least_thirty_listed_products_on_two_levels_of_shelves(visit: Visit, slug: str) -> None:
    with visit(slug):
        listed = Product.objects.listed()
        assert listed.count() >= 30
        assert not listed.filter(description__in=["", None]).exists()
        assert not listed.filter(images=None).exists()
        assert Category.objects.filter(parent=None).count() >= 4
        assert Category.objects.exclude(parent=None).count() >= 5
        assert not Category.objects.exclude(parent=None).exclude(parent__parent=None).exists()
        assert Product.objects.filter(status="draft").exists()
        assert Product.objects.filter(visibility="hidden").exists()
        assert Product.objects.filter(visibility="catalog_only").exists()
        assert Product.objects.filter(track_inventory=False).exists()
        assert Product.objects.filter(compare_at_price__isnull=False).count() >= 2
        sold_out = Product.objects.visible().filter(track_inventory=True, inventory_quantity=0)
        assert sold_out.exists()
        assert ProductVariant.objects.filter(inventory_quantity__range=(1, 4)).exists()
        assert ProductVariant.objects.filter(options__has_key="Colour").exclude(image=None).exists()


@pytest.mark.parametrize("slug", SLUGS)
def test_every_picture_is_a_file_of_the_shop_as_its_row_says(visit: Visit, slug: str) -> None:
    with visit(slug) as tenant:
        rows = list(ProductImage.objects.select_related("product"))
        for row in rows:
            with default_storage.open(row.filename) as file:
                picture = Image.open(file)
                assert (picture.format, picture.size) == ("WEBP", (row.width, row.height))
            assert row.url == default_storage.url(row.filename)
            assert row.size_bytes == default_storage.size(row.filename)
            assert row.mime_type == "image/webp"
            assert row.product.name in row.alt_text
            assert tenant.id.hex in default_storage.path(row.filename)
        primary = Counter(row.product_id for row in rows if row.is_primary)
        assert set(primary.values()) == {1}
        assert len(primary) == Product.objects.count()


@pytest.mark.parametrize("slug", SLUGS)
def test_the_home_pages_pictures_have_their_sizes_and_those_of_categories_get_them(visit: Visit, slug: str) -> None:
    names = [still.name for still in demo_shop(slug).still_lives]
    with visit(slug) as tenant:
        for stored in (tenant.theme[f"{name}_picture"] for name in names):
            assert stored["renditions"]["widths"] == [80]  # as wide as the tests draw it
            for name in (stored["filename"], *rendition_names(stored["filename"], stored["renditions"])):
                assert default_storage.exists(name)
        tops = Category.objects.filter(parent=None)
        assert {category.image_url for category in tops} == set(CoverPicture.objects.values_list("url", flat=True))
        for cover in CoverPicture.objects.all():
            assert (cover.width, cover.height) == (80, 60)
            assert cover.size_bytes == default_storage.size(str(cover.filename))
            assert cover.renditions_due_at is not None


@pytest.mark.parametrize("slug", SLUGS)
def test_ninety_days_of_orders_end_now(visit: Visit, slug: str) -> None:
    now = timezone.now()
    with visit(slug):
        start = history_start(now, shop_settings().zone)
        placed = list(Order.objects.order_by("created_at").values_list("created_at", flat=True))

    assert start <= placed[0] < start + timedelta(days=7)
    assert now - timedelta(days=3) < placed[-1] <= now
    assert len(placed) >= 200


def test_orders_are_in_every_state_and_by_both_ways_to_pay(visit: Visit) -> None:
    states: Counter[str] = Counter()
    for slug in SLUGS:
        with visit(slug):
            states.update(Order.objects.values_list("status", flat=True))
            tried_out = {"test_card"}  # offered to whoever looks around, not what the history was paid with
            paid_by = set(Order.objects.values_list("payment_method", flat=True))
            assert {method.code for method in payment_methods()} - tried_out == paid_by - {PAY_LATER}
            assert tried_out <= {method.code for method in payment_methods()}
            assert Order.objects.filter(customer=None).exists()
            assert Order.objects.exclude(discount_codes=[]).exists()

    assert {"pending", "confirmed", "shipped", "delivered", "cancelled", "refunded"} <= set(states)
    assert states["delivered"] > sum(states.values()) / 2


@pytest.mark.parametrize("slug", SLUGS)
def test_customers_have_addresses_and_nobody_can_log_in_but_as_those_who_are_named(visit: Visit, slug: str) -> None:
    with visit(slug):
        visitor = Customer.objects.get(email=demo_shop(slug).shopper_email)
        assert Customer.objects.count() >= 40
        assert not Customer.objects.filter(addresses=None).exists()
        named = {visitor.email, *(person.email for person in demo_shop(slug).business.people)}
        assert set(Customer.objects.exclude(password_hash__startswith="!").values_list("email", flat=True)) == named
        others = Customer.objects.exclude(email__in=named)
        assert all(row.email.split("@")[1].startswith("example.") for row in others)


@pytest.mark.parametrize("slug", SLUGS)
def test_the_customer_that_one_can_be_has_orders_in_several_states_points_and_returns(visit: Visit, slug: str) -> None:
    with visit(slug):
        visitor = Customer.objects.get(email=demo_shop(slug).shopper_email)
        states = set(Order.objects.filter(customer=visitor).values_list("status", flat=True))
        assert "delivered" in states
        assert len(states) >= 3
        spending = loyalty_rules(shop_settings().loyalty).spending
        assert spending is not None
        assert visitor.loyalty_points >= spending.least
        assert Order.objects.filter(customer=visitor).exclude(customer_email=visitor.email).count() == 0
        assert sorted(Return.objects.filter(customer=visitor).values_list("status", flat=True)) == [
            "approved",
            "requested",
        ]


@pytest.mark.parametrize("slug", SLUGS)
def test_a_company_has_its_people_prices_open_invoices_quotes_and_a_request(visit: Visit, slug: str) -> None:
    business = demo_shop(slug).business
    with visit(slug):
        settings = shop_settings()
        company = Company.objects.get()
        members = CompanyMember.objects.filter(company=company)
        assert sorted(members.values_list("role", flat=True)) == ["admin", "approver", "buyer"]
        buyer = members.select_related("customer").get(role="buyer")
        goods = ProductVariant.objects.select_related("product").filter(product__sku=business.prices[2]["sku"]).first()
        assert goods is not None
        terms = terms_for(buyer.customer_id, [goods], settings)
        each = {int(least): Decimal(price) for least, price in business.prices[2]["each"].items()}
        assert {least: terms.price(goods, least) for least in each} == each
        assert goods.effective_price > max(each.values())
        ruled = [rule.product.specifications for rule in QuantityRule.objects.select_related("product")]
        assert not any("Pack size" in facts for facts in ruled), "packs of packs"
        assert (terms.allowed(goods.pk).least, terms.minimum_order) == (6, Decimal(business.group["minimum_order"]))
        orders = Order.objects.filter(company=company)
        unpaid = orders.filter(payment_method=PAY_LATER, payment_status="pending")
        overdue = unpaid.filter(payment_due_at__lte=timezone.now())
        assert (orders.count(), unpaid.count(), overdue.count()) == (6, 3, 1)
        assert Decimal(0) < open_amount(company.pk, settings.currency) < company.credit_limit
        asked, answered = QuoteRequest.objects.filter(customer=buyer.customer_id).order_by("-status")
        assert (asked.status, answered.status, answered.is_open) == ("requested", "answered", True)
        cart = ShoppingCart.objects.get(quote=answered)
        total = quote(cart.pk, country=settings.country, shipping_code=None, company=company).total
        assert buyer.needs_approval(total)
        assert total < company.credit_limit
        waiting = PurchaseRequest.objects.get()
        assert (waiting.status, waiting.customer_id) == ("pending", buyer.customer_id)
        assert waiting.total + open_amount(company.pk, settings.currency) < company.credit_limit, "it can be approved"


@pytest.mark.parametrize("slug", SLUGS)
def test_what_was_sent_has_its_parcel_and_what_arrived_its_points(visit: Visit, slug: str) -> None:
    with visit(slug):
        sent = Order.objects.exclude(shipped_at=None)
        assert Shipment.objects.count() == sent.count() == Order.objects.exclude(shipments=None).count()
        assert not Shipment.objects.filter(tracking_url="").exists()
        earned = LoyaltyEntry.objects.filter(reason="earned").values("order")
        arrived = Order.objects.filter(status="delivered").exclude(customer=None)
        assert arrived.exclude(pk__in=earned).filter(subtotal_amount__gt=100).count() == 0
        assert keep_loyalty(timezone.now()) == 0


@pytest.mark.parametrize("slug", SLUGS)
def test_goods_are_taxed_by_class_and_place_and_delivered_by_zone(visit: Visit, slug: str) -> None:
    with visit(slug):
        settings = shop_settings()
        assert local_taxes(settings, settings.country).on_goods("reduced").rate < settings.tax_rate
        assert local_taxes(settings, "BR").on_goods("standard").rate == 0
        kinds = list(ShippingZone.objects.values_list("kind", flat=True))
        assert kinds == ["places", "places", "pickup"]


@pytest.mark.parametrize("slug", SLUGS)
def test_reviews_are_by_people_who_received_the_product(visit: Visit, slug: str) -> None:
    with visit(slug):
        reviews = list(ProductReview.objects.select_related("order").prefetch_related("order__items"))
        assert Counter(review.status for review in reviews)["pending"] == 5
        assert sum(review.status == "approved" for review in reviews) >= 20
        for review in reviews:
            assert review.order is not None
            assert review.order.customer_id == review.customer_id
            assert review.product_id in {item.product_id for item in review.order.items.all()}
            assert review.order.delivered_at is not None
            assert review.order.delivered_at <= review.created_at <= timezone.now()
        assert len({(review.product_id, review.customer_id) for review in reviews}) == len(reviews)


@pytest.mark.parametrize("slug", SLUGS)
def test_a_shop_has_a_code_that_holds_and_one_that_is_over(visit: Visit, slug: str) -> None:
    with visit(slug):
        holding = [code.is_running(timezone.now()) for code in DiscountCode.objects.all()]

    assert any(holding)
    assert not all(holding)


@pytest.mark.parametrize("slug", SLUGS)
def test_everyone_gets_into_their_own_shop_only(slug: str) -> None:
    shop, tenant = demo_shop(slug), directory.by_slug(slug)
    (other,) = (directory.by_slug(name) for name in SLUGS if name != slug)
    for person in shop.people:
        user = PlatformUser.objects.get(email=person.email)
        access = live_access(user.pk, tenant.id)
        assert user.check_password(PASSWORD)
        assert access is not None
        assert access.role == person.role
        assert user.role == PlatformUser.Role.MERCHANT
        assert live_access(user.pk, other.id) is None


ADDRESS: dict[str, Any] = {"last_name": "Tester", "address_line_1": "1 Main Street", "city": "Berlin"}

# What the country needs beyond that.
PLACES: dict[str, dict[str, str]] = {
    "DE": {"country": "DE", "postal_code": "10115"},
    "JP": {"country": "JP", "postal_code": "154-0023", "state_province": "東京都"},
}


@pytest.mark.parametrize(("slug", "country"), [("fernmoor", "DE"), ("kasumino", "JP")])
def test_the_next_order_goes_through_and_numbers_are_counted_on(visit: Visit, slug: str, country: str) -> None:
    with visit(slug):
        variant = ProductVariant.objects.buyable().filter(inventory_quantity__gt=5).first()
        assert variant is not None
        last = max(Order.objects.values_list("order_number", flat=True))
        cart = add_line(None, variant_id=variant.pk, quantity=1, session_id="a visitor")
        offer = quote(cart, country=country, shipping_code=None)
        assert offer.problems == ()
        order = place_order(
            cart_id=cart,
            idempotency_key="once",
            email="tester@example.com",
            phone="",
            shipping_address={**ADDRESS, **PLACES[country]},
            billing_address={**ADDRESS, **PLACES[country]},
            shipping_code=offer.shipping_code or "",
            payment_method="cash_on_delivery",
            expected_total=offer.total,
        )

        # The demo takes test cards: whoever visits it places test orders. The real ones are counted on from the last.
        assert (order.is_test, order.order_number) == (True, "TEST-0001")
        assert OrderCounter.objects.get(month=int(last[:6])).last_number == int(last[6:])


@pytest.mark.parametrize("slug", SLUGS)
def test_what_shoppers_searched_for_is_there_or_not_as_the_report_says(visit: Visit, slug: str) -> None:
    with visit(slug):
        for count in SearchCount.objects.all():
            assert bool(search(count.text).ids) == (count.without_results == 0), count
        for synonym in SearchSynonym.objects.all():
            assert search(synonym.term).is_exact
            assert search(synonym.term).ids
