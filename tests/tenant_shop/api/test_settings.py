"""The shop's settings over the API, section by section, judged as the back office judges them."""

from collections.abc import Callable
from typing import Any

import pytest

from platform_core.audit.models import AuditLog
from platform_core.audit.scope import tenant_scope
from platform_core.tenancy.context import TenantInfo, tenant_context
from platform_core.tenants.models import Tenant
from tenant_shop.configuration.settings import shop_settings
from tests.api_client import ApiClient, error_of
from tests.shopping import configure, order_of, stocked
from tests.statements import StatementCount

Program = Callable[..., ApiClient]
# What each section takes, and what it tells afterwards where that is another text.
CHANGES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    (
        "shop",
        {
            "store_name": "Nova",
            "store_email": "hello@nova.example",
            "store_phone": "+49 30 123456",
            "store_address": " 1 Main Street \n\nBerlin",
            "return_days": 30,
            "quote_requests": "customers",
            "company_accounts": True,
            "terms_need_tick": True,
        },
        {"store_address": "1 Main Street\nBerlin"},
    ),
    ("region", {"timezone": "Europe/Berlin", "country": "AT", "weight_unit": "kg"}, {}),
    ("tax", {"tax_rate": "19.5", "prices_include_tax": True, "tax_on_shipping": "none"}, {}),
    ("notices", {"order_notices": ["A@b.example", "a@b.example", "c@d.example"], "low_stock_threshold": 3},
     {"order_notices": ["a@b.example", "c@d.example"]}),
    ("invoices", {"invoice_issue": "sent", "invoice_prefix": "2026-", "next_invoice": 500, "invoice_mail": "attach"},
     {}),
]  # fmt: skip


@pytest.fixture
def api(acme: TenantInfo, program: Program) -> ApiClient:
    return program(acme, "write_settings")


@pytest.mark.parametrize(("section", "change", "told"), CHANGES, ids=[change[0] for change in CHANGES])
def test_a_section_changes_by_what_is_named(
    section: str, change: dict[str, Any], told: dict[str, Any], acme: TenantInfo, api: ApiClient
) -> None:
    path = f"/settings/{section}/"
    before = api.get(path)

    response = api.patch(path, change, If_Match=before.headers["ETag"])

    assert response.json() == {**before.json(), **change, **told}
    assert api.get(path).json() == response.json()
    assert api.get(path, If_None_Match=response.headers["ETag"]).status_code == 304
    assert error_of(api.patch(path, {}, If_Match=before.headers["ETag"])) == (412, "changed_meanwhile", None)
    assert api.patch(path, change).json() == response.json()  # once more changes nothing
    with tenant_scope(acme.id):
        entry = AuditLog.objects.get(action="change_settings")
    assert entry.metadata["door"] == "api"
    assert entry.new_values.keys() == change.keys()


def test_what_the_platform_knows_of_the_shop_changes_with_it(acme: TenantInfo, api: ApiClient) -> None:
    api.patch("/settings/shop/", {"store_name": "Nova"})
    api.patch("/settings/region/", {"timezone": "Europe/Vienna", "country": "AT"})

    tenant = Tenant.objects.get(pk=acme.id)
    assert (tenant.name, tenant.timezone, tenant.country) == ("Nova", "Europe/Vienna", "AT")


@pytest.mark.parametrize(
    ("section", "change", "refusal"),
    [
        ("shop", {"store_email": "nobody"}, (400, "invalid", "store_email")),
        ("shop", {"store_phone": "call me"}, (400, "invalid", "store_phone")),
        ("shop", {"return_days": "30"}, (400, "invalid", "return_days")),
        ("shop", {"return_days": 366}, (400, "max_value", "return_days")),
        ("shop", {"store_name": " "}, (400, "blank", "store_name")),
        ("shop", {"currency": "EUR"}, (400, "unknown_field", "currency")),
        ("region", {"currency": "JPY"}, (400, "fixed", "currency")),
        ("region", {"timezone": "Mars/Olympus"}, (400, "invalid_choice", "timezone")),
        ("tax", {"tax_rate": 19}, (400, "invalid", "tax_rate")),
        ("tax", {"tax_rate": "100"}, (400, "invalid", "tax_rate")),
        ("tax", {"tax_on_shipping": "unheard-of"}, (400, "invalid_choice", "tax_on_shipping")),
        ("notices", {"order_notices": ["nobody"]}, (400, "invalid", "order_notices")),
        ("invoices", {"invoice_prefix": "2026"}, (400, "invalid", "invoice_prefix")),
        ("invoices", {"invoice_prefix": "CN-"}, (400, "invalid", None)),
    ],
)
def test_what_the_back_office_refuses_is_refused_here(
    section: str, change: dict[str, Any], refusal: tuple[Any, ...], acme: TenantInfo, api: ApiClient
) -> None:
    with tenant_context(acme):
        configure()
        order_of((stocked(), 1))
        before = shop_settings()

    assert error_of(api.patch(f"/settings/{section}/", change)) == refusal

    with tenant_context(acme):
        assert shop_settings() == before
    with tenant_scope(acme.id):
        assert not AuditLog.objects.filter(action="change_settings").exists()


def test_numbers_of_invoices_never_go_back(acme: TenantInfo, api: ApiClient) -> None:
    api.patch("/settings/invoices/", {"next_invoice": 500})

    status, code, param = error_of(api.patch("/settings/invoices/", {"next_invoice": 499, "invoice_tax_id": "DE1"}))

    assert (status, code, param) == (400, "refused", "next_invoice")
    shown = api.get("/settings/invoices/").json()
    assert (shown["next_invoice"], shown["invoice_tax_id"]) == (500, "")


def test_settings_are_for_keys_that_may_set_them(acme: TenantInfo, program: Program) -> None:
    reader = program(acme, "read_settings")

    assert reader.get("/settings/shop/").status_code == 200
    assert error_of(reader.patch("/settings/shop/", {"store_name": "X"}))[:2] == (403, "scope_missing")
    assert error_of(program(acme, "write_products").get("/settings/tax/"))[:2] == (403, "scope_missing")
    with StatementCount() as statements:
        reader.get("/settings/shop/")
    assert statements.count == 2
