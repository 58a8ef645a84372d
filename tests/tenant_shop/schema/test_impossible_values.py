"""Values that no row may have are refused by the database, each by a constraint of its own."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import IntegrityError, models
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo
from tenant_shop.analytics.models import HourDaily, RollupState
from tenant_shop.carts.models import SavedItem, ShoppingCart
from tenant_shop.catalog.bulk.models import BulkEdit
from tenant_shop.catalog.pictures.models import CoverPicture
from tenant_shop.catalog.search.models import SearchCount
from tenant_shop.configuration.saved_views.models import SavedView
from tenant_shop.customers.consents import CustomerConsent
from tenant_shop.customers.notes import CustomerNote
from tenant_shop.documents.models import DocumentCounter
from tenant_shop.loyalty.models import LoyaltyEntry
from tenant_shop.marketing.models import EmailCampaign
from tenant_shop.orders.notes import OrderNote
from tenant_shop.orders.shipments import Shipment
from tenant_shop.pages.models import Page
from tenant_shop.pages.terms import TermsVersion
from tenant_shop.pricing.models import CustomerGroup
from tenant_shop.promotions.models import DiscountRedemption, OrderItemDiscount
from tenant_shop.restock.models import StockAlert
from tenant_shop.returns.models import ReturnLine
from tenant_shop.shipping.models import ShippingZone
from tenant_shop.taxes.models import TaxRate
from tests.factories.catalog import BrandFactory, CategoryFactory, ProductFactory, VariantFactory
from tests.factories.customers import CustomerFactory
from tests.factories.orders import OrderFactory, OrderItemFactory
from tests.factories.promotions import DiscountCodeFactory
from tests.tenant_shop.schema.rows import (
    address,
    api_key,
    asked,
    bulk_job,
    bulk_row,
    cart_item,
    company,
    credit_line,
    credit_note,
    custom_field,
    delivery,
    document,
    entry,
    idempotent_call,
    import_run,
    member,
    payment,
    price,
    price_list,
    quantity_rule,
    quote,
    quote_line,
    refund,
    returned,
    review,
    scheduled,
    token,
    zone_rate,
)

Make = Callable[[], models.Model]
IMPOSSIBLE: dict[str, Make] = {
    "webhook_deliveries_state_check": lambda: delivery(state="waiting", next_attempt_at=None),
    "api_idempotency_name_check": lambda: idempotent_call(name=""),
    "api_idempotency_state_check": lambda: idempotent_call(status=None),
    "api_keys_name_check": lambda: api_key(name=""),
    "api_keys_kind_check": lambda: api_key(kind="master"),
    "api_keys_digest_check": lambda: api_key(digest="sk_live_a"),
    "api_keys_publishable_check": lambda: api_key(kind="publishable", scopes=["read_orders"]),
    "quote_requests_status_check": lambda: quote(status="lost"),
    "quote_requests_currency_check": lambda: quote(currency="eur"),
    "quote_requests_shipping_amount_check": lambda: quote(shipping_amount=-1),
    "quote_requests_answer_check": lambda: quote(status="answered"),
    "quote_lines_quantity_check": lambda: quote_line(quantity=0),
    "quote_lines_list_price_check": lambda: quote_line(list_price=-1),
    "quote_lines_unit_price_check": lambda: quote_line(unit_price=-1),
    "customer_groups_minimum_order_amount_check": lambda: CustomerGroup.objects.create(
        name="a", minimum_order_amount=0
    ),
    "price_lists_currency_check": lambda: price_list(currency="eur"),
    "price_lists_window_check": lambda: price_list(starts_at=timezone.now(), ends_at=timezone.now() - timedelta(1)),
    "price_list_entries_goods_check": lambda: price(variant=VariantFactory(), product=ProductFactory()),
    "price_list_entries_min_quantity_check": lambda: price(min_quantity=0),
    "price_list_entries_price_check": lambda: price(percent_off=None),
    "quantity_rules_goods_check": lambda: quantity_rule(product=ProductFactory()),
    "quantity_rules_amounts_check": lambda: quantity_rule(multiple=0),
    "cover_pictures_of_one": lambda: CoverPicture.objects.create(url="/media/a.webp", filename="a.webp"),
    "products_status_check": lambda: ProductFactory(status="sold"),
    "products_visibility_check": lambda: ProductFactory(visibility="secret"),
    "products_price_check": lambda: ProductFactory(price=-1),
    "products_compare_at_price_check": lambda: ProductFactory(compare_at_price=-1),
    "products_cost_price_check": lambda: ProductFactory(cost_price=-1),
    "bulk_edits_undone_check": lambda: BulkEdit.objects.create(changes=[], actor="ann", undone_by="ann"),
    "products_customs_code_check": lambda: ProductFactory(customs_code="12a4"),
    "products_origin_check": lambda: ProductFactory(origin_country="de"),
    "scheduled_changes_kind_check": lambda: scheduled(kind="burn"),
    "scheduled_changes_price_check": lambda: scheduled(kind="price"),
    "scheduled_changes_compare_at_check": lambda: scheduled(kind="price", price=1, compare_at_price=-1),
    "products_tax_class_check": lambda: ProductFactory(tax_class="Printed books"),
    "shipping_zones_kind_check": lambda: ShippingZone.objects.create(name="a", kind="moon"),
    "shipping_zones_places_check": lambda: ShippingZone.objects.create(name="a", kind="places"),
    "shipping_zone_rates_amounts_check": lambda: zone_rate(amount=-1),
    "shipping_zone_rates_days_check": lambda: zone_rate(days_from=2, days_to=1),
    "shipping_zone_rates_bands_check": lambda: zone_rate(min_weight=2, max_weight=2),
    "tax_rates_rate_check": lambda: TaxRate.objects.create(country="DE", rate=1),
    "tax_rates_country_check": lambda: TaxRate.objects.create(country="de", rate=0),
    "tax_rates_state_check": lambda: TaxRate.objects.create(state="CA", rate=0),
    "tax_rates_class_check": lambda: TaxRate.objects.create(country="DE", tax_class="zero", rate=Decimal("0.1")),
    "product_variants_price_check": lambda: VariantFactory(price=-1),
    "product_variants_compare_at_check": lambda: VariantFactory(compare_at_price=-1),
    "product_variants_cost_price_check": lambda: VariantFactory(cost_price=-1),
    "product_reviews_rating_check": lambda: review(rating=6),
    "product_reviews_status_check": lambda: review(status="loud"),
    "product_reviews_reply_check": lambda: review(reply="Thanks"),
    "product_reviews_helpful_votes_check": lambda: review(helpful_votes=-1),
    "search_counts_check": lambda: SearchCount.objects.create(day="2026-01-01", text="mug", without_results=2),
    "custom_fields_owner_check": lambda: custom_field(owner="cart"),
    "custom_fields_key_check": lambda: custom_field(key="a'b"),
    "custom_fields_name_check": lambda: custom_field(name=""),
    "custom_fields_kind_check": lambda: custom_field(kind="song"),
    "custom_fields_choices_check": lambda: custom_field(kind="choice"),
    "custom_fields_in_storefront_check": lambda: custom_field(owner="order", in_storefront=True),
    "custom_fields_index_state_check": lambda: custom_field(index_state="lost"),
    "bulk_jobs_kind_check": lambda: bulk_job(kind="songs"),
    "bulk_jobs_state_check": lambda: bulk_job(state="done"),
    "bulk_jobs_rows_check": lambda: bulk_job(total=1, done=1, failed=1),
    "bulk_rows_state_check": lambda: bulk_row(state="waiting", status=200),
    "import_runs_kind_check": lambda: import_run(kind="songs"),
    "import_runs_step_check": lambda: import_run(step="dance"),
    "import_runs_state_check": lambda: import_run(state="lost"),
    "import_runs_bytes_check": lambda: import_run(bytes_read=2),
    "import_runs_ended_check": lambda: import_run(state="done"),
    "customers_status_check": lambda: CustomerFactory(status="gone"),
    "customers_loyalty_tier_check": lambda: CustomerFactory(loyalty_tier="iron"),
    "loyalty_entries_points_check": lambda: LoyaltyEntry.objects.create(
        customer=CustomerFactory(), points=0, reason="correction", actor="ann"
    ),
    "analytics_hour_daily_hour_check": lambda: HourDaily.objects.create(date="2026-01-01", hour=24),
    "analytics_state_one_row": lambda: RollupState.objects.create(
        pk=2, timezone="UTC", currency="EUR", rolled_up_at=timezone.now()
    ),
    "credit_notes_amount_check": lambda: credit_note(total_amount=-1),
    "credit_notes_currency_check": lambda: credit_note(currency="eur"),
    "credit_note_lines_quantity_check": lambda: credit_line(quantity=0),
    "credit_note_lines_amounts_check": lambda: credit_line(unit_price=-1),
    "customer_notes_text_check": lambda: CustomerNote.objects.create(customer=CustomerFactory(), text="", actor="ann"),
    "document_counters_ahead_check": lambda: DocumentCounter.objects.create(kind="invoice", last_number=0, ahead=-1),
    "documents_kind_check": lambda: document(about=uuid4()),
    "documents_sequence_check": lambda: document(sequence=0),
    "documents_amounts_check": lambda: document(tax_amount=2),
    "documents_currency_check": lambda: document(currency="eur"),
    "orders_points_check": lambda: OrderFactory(points_spent=5),
    "order_items_points_amount_check": lambda: OrderItemFactory(points_amount=1),
    "saved_views_name_check": lambda: SavedView.objects.create(page="order", name="", query="", owner="ann"),
    "order_notes_text_check": lambda: OrderNote.objects.create(order=OrderFactory(), text="", actor="ann"),
    "shipments_tracking_url_check": lambda: Shipment.objects.create(
        order=OrderFactory(), tracking_url="javascript:alert(1)", lines=[], key="a", actor="ann"
    ),
    "returns_status_check": lambda: returned(status="lost"),
    "returns_reason_check": lambda: returned(reason="moon"),
    "return_lines_quantity_check": lambda: ReturnLine.objects.create(
        parent=returned(), order_item=OrderItemFactory(), quantity=0
    ),
    "companies_status_check": lambda: company(status="lost"),
    "companies_tax_id_state_check": lambda: company(tax_id_state="confirmed"),
    "companies_country_check": lambda: company(country="de"),
    "companies_terms_check": lambda: company(payment_days=0),
    "companies_approval_check": lambda: company(approval_rule="above"),
    "company_members_role_check": lambda: member(role="king"),
    "company_members_order_limit_check": lambda: member(order_limit=-1),
    "purchase_requests_status_check": lambda: asked(status="approved"),
    "purchase_requests_order_check": lambda: asked(order=OrderFactory()),
    "purchase_requests_total_check": lambda: asked(total=-1),
    "orders_reverse_charge_check": lambda: OrderFactory(reverse_charge=True),
    "customer_consents_kind_check": lambda: CustomerConsent.objects.create(
        customer=CustomerFactory(), kind="telephone", is_granted=True, place="profile"
    ),
    "terms_versions_digest_check": lambda: TermsVersion.objects.create(digest="x" * 64, pages=[]),
    "customer_tokens_purpose_check": lambda: token(purpose="dance"),
    "customer_tokens_email_lower": lambda: token(email="Ann@example.com"),
    "customer_addresses_type_check": lambda: address(type="moon"),
    "shopping_carts_discount_amount_check": lambda: ShoppingCart.objects.create(discount_amount=-1),
    "cart_items_quantity_check": lambda: cart_item(quantity=0),
    "cart_items_unit_price_check": lambda: cart_item(unit_price=-1),
    "orders_status_check": lambda: OrderFactory(status="lost"),
    "orders_payment_status_check": lambda: OrderFactory(payment_status="lost"),
    "orders_fulfillment_status_check": lambda: OrderFactory(fulfillment_status="lost"),
    "orders_currency_check": lambda: OrderFactory(currency="eur"),
    "orders_amounts_check": lambda: OrderFactory(total_amount=-1),
    "order_items_quantity_check": lambda: OrderItemFactory(quantity=0, total_price=0),
    "order_items_amounts_check": lambda: OrderItemFactory(discount_amount=-1),
    "order_items_tax_rate_check": lambda: OrderItemFactory(tax_rate=-1),
    "order_items_quantity_fulfilled_check": lambda: OrderItemFactory(quantity=1, quantity_fulfilled=2),
    "payments_amount_check": lambda: payment(amount=-1),
    "payments_currency_check": lambda: payment(currency="€"),
    "orders_owed_amount_check": lambda: OrderFactory(owed_amount=-1),
    "orders_credited_amount_check": lambda: OrderFactory(credited_amount=-1),
    "payments_state_check": lambda: payment(state="lost"),
    "payment_refunds_amount_check": lambda: refund(amount=0),
    "payment_refunds_state_check": lambda: refund(state="lost"),
    "payment_refunds_currency_check": lambda: refund(currency="€"),
    "payment_entries_kind_check": lambda: entry(kind="promised"),
    "payment_entries_amount_check": lambda: entry(amount=-1),
    "payment_entries_currency_check": lambda: entry(currency="€"),
    "discount_codes_code_check": lambda: DiscountCodeFactory(code="save10"),
    "discount_codes_type_check": lambda: DiscountCodeFactory(type="gift"),
    "discount_codes_value_check": lambda: DiscountCodeFactory(value=Decimal("100.5")),
    "discount_codes_usage_count_check": lambda: DiscountCodeFactory(usage_count=-1),
    "saved_items_owner_check": lambda: SavedItem.objects.create(variant=VariantFactory(), quantity=1, unit_price=1),
    "saved_items_amounts_check": lambda: SavedItem.objects.create(
        variant=VariantFactory(), list_id=uuid4(), quantity=0, unit_price=1
    ),
    "discount_redemptions_amounts_check": lambda: DiscountRedemption.objects.create(
        discount=DiscountCodeFactory(), order=OrderFactory(), customer_email="ann@example.com", amount=-1
    ),
    "order_item_discounts_amount_check": lambda: OrderItemDiscount.objects.create(
        item=(item := OrderItemFactory()),
        redemption=DiscountRedemption.objects.create(
            discount=DiscountCodeFactory(), order=item.order, customer_email="ann@example.com"
        ),
        amount=0,
    ),
    "discount_redemptions_email_check": lambda: DiscountRedemption.objects.create(
        discount=DiscountCodeFactory(), order=OrderFactory(), customer_email="Ann@example.com"
    ),
    "categories_slug_check": lambda: CategoryFactory(slug="größe"),
    "brands_slug_check": lambda: BrandFactory(slug=""),
    "products_slug_check": lambda: ProductFactory(slug="tea/pot"),
    "pages_slug_check": lambda: Page.objects.create(title="a", slug="About us"),
    "stock_alerts_email_lower": lambda: StockAlert.objects.create(variant=VariantFactory(), email="Ann@example.com"),
    "email_campaigns_status_check": lambda: EmailCampaign.objects.create(name="a", subject="b", status="lost"),
}


@pytest.mark.parametrize("constraint", IMPOSSIBLE)
def test_an_impossible_value_is_refused(shop: TenantInfo, constraint: str) -> None:
    with pytest.raises(IntegrityError, match=f'"{constraint}"'):
        IMPOSSIBLE[constraint]()


def test_every_check_constraint_is_tried(shop: TenantInfo) -> None:
    declared = {
        constraint.name
        for model in apps.get_app_config("tenant_shop").get_models()
        for constraint in model._meta.constraints
        if isinstance(constraint, models.CheckConstraint)
    }
    elsewhere = {"categories_not_its_own_parent", "stock_movements_delta_check", "stock_movements_reason_check",
                 "tenant_sentinel_single_row", "catalogue_version_single_row"}  # fmt: skip

    assert declared - elsewhere == set(IMPOSSIBLE)
