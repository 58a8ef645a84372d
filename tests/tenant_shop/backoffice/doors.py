"""Every address behind the counter, with something behind it: for the tests that walk them all."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import URLPattern, URLResolver
from django.utils import timezone

from platform_core.accounts.models import AccessRole
from platform_core.accounts.staff.models import TenantInvitation
from platform_core.tenancy.context import TenantInfo, tenant_context
from platform_core.tenancy.domains.models import TenantDomain
from smartseller.urls import shop as shop_urls
from tenant_shop.documents.issue import issue_invoice
from tenant_shop.models import (
    ApiKey,
    BulkEdit,
    CustomField,
    ImportRun,
    Page,
    ProductReview,
    PurchaseRequest,
    QuoteRequest,
    Return,
    SavedView,
    SearchCount,
    SearchSynonym,
    Setting,
    Shipment,
    ShippingZone,
    TaxRate,
    TermsVersion,
)
from tests.companies import company_of
from tests.factories.catalog import BrandFactory, CategoryFactory, ProductFactory
from tests.factories.customers import CustomerFactory
from tests.factories.orders import OrderItemFactory
from tests.factories.promotions import DiscountCodeFactory
from tests.people import let_in, make_user
from tests.pricing import group_with, price_list, sold_in
from tests.tenant_shop.schema.rows import delivery

BEHIND_THE_COUNTER = ("admin/", "dashboard/", "api/v1/")


def doors() -> Iterator[tuple[str, str]]:
    """(name, route) of every address; what has no name is called by its route."""
    for pattern in shop_urls.urlpatterns:
        if str(pattern.pattern) in BEHIND_THE_COUNTER:
            assert isinstance(pattern, URLResolver)
            yield from _below(pattern, str(pattern.pattern), str(pattern.namespace or pattern.app_name))


def _below(resolver: URLResolver, route: str, namespace: str) -> Iterator[tuple[str, str]]:
    for pattern in resolver.url_patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield (f"{namespace}:{pattern.name}" if pattern.name else here), here
        else:
            yield from _below(pattern, here, namespace)


# There is none: making one is tried elsewhere.
NO_ARCHIVE = "01a00000-0000-7000-8000-000000000000"


def path_of(route: str, ids: dict[str, Any]) -> str:
    """The address of `route`, with what `ids` says for the model, or for the part of the route."""
    model = route.removeprefix("admin/tenant_shop/").partition("/")[0] if "tenant_shop/" in route else ""
    path = "/" + route.replace("<path:object_id>", str(ids.get(model, "")))
    for part, value in ids.items():
        path = path.replace(f"<uuid:{part}_id>", str(value))
    for part, value in {
        "<uuid:archive_id>": NO_ARCHIVE,
        "<uuid:bill_id>": NO_ARCHIVE,
        "<slug:plan>/<slug:cycle>": "premium/monthly",
        "<uuid:key>": NO_ARCHIVE,
        "<uuid:address>": NO_ARCHIVE,
        "<uuid:item>": NO_ARCHIVE,
        "<uuid:image>": NO_ARCHIVE,
        "<uuid:list_id>": ids["pricelist"],
        "<uuid:edit_id>": ids["bulkedit"],
        "<uuid:field_id>": ids["customfield"],
        "<uuid:run_id>": ids["importrun"],
        "<uuid:quote_id>": ids["quoterequest"],
        "<int:number>": 1,
        "<slug:part>": "days",
        "<slug:kind>": "order_placed",
        "<str:language>": "en",
        "^(?P<app_label>tenant_shop)/$": "tenant_shop/",
        "(?P<url>.*)$": "nothing/",
        "<path:path>": "nothing/",
    }.items():
        path = path.replace(part, str(value))
    return path


def furnish(shop: TenantInfo) -> dict[str, Any]:
    """One object of every kind, by the last word of its permissions; and somebody to change, and an invitation."""
    somebody = let_in(make_user("somebody@acme.example"), shop, AccessRole.VIEWER)
    invitation = TenantInvitation.objects.create(
        tenant_id=shop.id, email="asked@acme.example", key="k", expires_at=timezone.now() + timedelta(days=1)
    )
    with tenant_context(shop):
        customer = CustomerFactory()
        group = group_with(customer)
        product = ProductFactory()
        order = OrderItemFactory(order__customer=customer).order
        Setting.objects.create(key="invoice_seller", value="Acme\n1 Main Street")
        company = company_of(CustomerFactory())
        made = {
            "product": product,
            "category": CategoryFactory(),
            "brand": BrandFactory(),
            "bulkedit": BulkEdit.objects.create(changes=[], actor=str(uuid4())),
            "company": company,
            "importrun": ImportRun.objects.create(
                kind="products",
                name="a.csv",
                size_bytes=1,
                actor="ann",
                rejects_file=default_storage.save("private/imports/a/rejected.csv", ContentFile(b"Line")),
            ),
            "customfield": CustomField.objects.create(owner="product", key="care", name="Care", kind="text"),
            "purchaserequest": PurchaseRequest.objects.create(
                company=company,
                customer=customer,
                cart_id=uuid4(),
                total="1",
                currency="EUR",
                expires_at=timezone.now() + timedelta(days=1),
            ),
            "order": order,
            "document": issue_invoice(order.pk, actor=str(uuid4())),
            "shipment": Shipment.objects.create(
                order=order, lines=[{"item": str(order.items.get().pk), "quantity": 1}], key="a", actor="ann"
            ),
            "page": Page.objects.create(title="Story", slug="our-story"),
            "termsversion": TermsVersion.objects.create(digest="0" * 64, pages=[]),
            "customer": customer,
            "productreview": ProductReview.objects.create(product=product, customer=customer, rating=5),
            "customergroup": group,
            "pricelist": price_list(group),
            "quantityrule": sold_in(6, 3, product=product),
            "discountcode": DiscountCodeFactory(),
            "quoterequest": QuoteRequest.objects.create(email="ann@example.com", currency="EUR"),
            "return": Return.objects.create(order=order, customer=customer, reason="damaged"),
            "searchsynonym": SearchSynonym.objects.create(term="sofa", meanings=["couch"]),
            "searchcount": SearchCount.objects.create(day=timezone.now().date(), text="mug"),
            "shippingzone": ShippingZone.objects.create(name="Here", kind="elsewhere"),
            "key": ApiKey.objects.create(name="Warehouse", prefix="sk_live_abcdefgh", digest="0" * 64),
            "delivery": delivery(),
            "taxrate": TaxRate.objects.create(country="DE", rate="0.19"),
        }
    ids: dict[str, Any] = {name: obj.pk for name, obj in made.items()}
    with tenant_context(shop):
        view = SavedView.objects.create(page="order", name="Mine", query="q=a", owner=str(uuid4()), is_shared=True)
    ids["view"] = view.pk
    ids["webhook"] = made["delivery"].webhook_id
    domain = TenantDomain.objects.create(tenant_id=shop.id, domain="acme.example")
    return ids | {"domain": domain.pk, "access": somebody.pk, "invitation": invitation.pk}
