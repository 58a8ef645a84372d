"""The shop's settings over the API, section by section, judged as the back office judges them."""

from collections.abc import Callable
from typing import Any

import pytest

from platform_core.accounts.models import AccessRole
from platform_core.audit.models import AuditLog
from platform_core.audit.scope import tenant_scope
from platform_core.tenancy.context import TenantInfo, tenant_context
from platform_core.tenants.models import Tenant
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.payments.change_account import known_secrets
from tests.api_client import ApiClient, error_of
from tests.people import staff_browser
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
    ("payments", {"payment_instructions": " Acme Ltd\r\nIBAN DE02 1203 ", "test_mode": True,
                  "payment_methods": ["cash_on_delivery", "bank_transfer"]},
     {"payment_instructions": "Acme Ltd\nIBAN DE02 1203"}),
    ("loyalty", {"is_on": True, "points_per_unit": "0.50", "gold_from": "2000", "least_spent": 20},
     {"points_per_unit": "0.5"}),
    ("languages", {"own": "de-AT", "others": ["fr", "en"]}, {"others": ["en", "fr"]}),
]  # fmt: skip


@pytest.fixture
def api(acme: TenantInfo, program: Program) -> ApiClient:
    return program(acme, "write_settings", "write_payment_settings")


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
        ("tax", {"tax_on_shipping": "unheard-of"}, (400, "does_not_exist", "tax_on_shipping")),
        ("notices", {"order_notices": ["nobody"]}, (400, "invalid", "order_notices.0")),
        ("payments", {"payment_methods": []}, (400, "min_length", "payment_methods")),
        ("payments", {"stripe_key": "pk_test_1"}, (400, "no_account", "secret_key")),
        ("payments", {"secret_key": "sk_test_1"}, (400, "no_account", "secret_key")),
        (
            "payments",
            {"stripe_key": "pk_live_1", "secret_key": "sk_test_1", "webhook_secret": "whsec_1"},
            (400, "other_mode", "secret_key"),
        ),
        ("loyalty", {"gold_from": "300"}, (400, "not_above", "gold_from")),
        ("loyalty", {"largest_share": "100.5"}, (400, "invalid", "largest_share")),
        ("loyalty", {"least_spent": 0}, (400, "min_value", "least_spent")),
        ("languages", {"own": "tlh"}, (400, "invalid", "own")),
        ("languages", {"others": ["tlh"]}, (400, "invalid_choice", "others.0")),
        ("invoices", {"invoice_prefix": "2026"}, (400, "invalid", "invoice_prefix")),
        ("invoices", {"invoice_prefix": "CN-"}, (400, "prefix_taken", None)),
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

    assert (status, code, param) == (400, "number_given_out", "next_invoice")
    shown = api.get("/settings/invoices/").json()
    assert (shown["next_invoice"], shown["invoice_tax_id"]) == (500, "")


def test_settings_are_for_keys_that_may_set_them(acme: TenantInfo, program: Program) -> None:
    reader, writer = program(acme, "read_settings"), program(acme, "write_settings")

    assert [error_of(call("/settings/payments/"))[:2] for call in (writer.get, writer.patch)] == [
        (403, "scope_missing")
    ] * 2
    assert error_of(writer.patch("/settings/shop/", {"payment_instructions": "Mallory"})) == (
        400, "unknown_field", "payment_instructions"
    )  # fmt: skip
    assert error_of(program(acme, "read_payment_settings").patch("/settings/payments/", {}))[:2] == (
        403, "scope_missing"
    )  # fmt: skip
    for role, status in ((AccessRole.VIEWER, 403), (AccessRole.EDITOR, 403), (AccessRole.ADMIN, 200)):
        assert staff_browser(acme, role).get("/api/v1/settings/payments/").status_code == status
    assert reader.get("/settings/shop/").status_code == 200
    assert error_of(reader.patch("/settings/shop/", {"store_name": "X"}))[:2] == (403, "scope_missing")
    assert error_of(program(acme, "write_products").get("/settings/tax/"))[:2] == (403, "scope_missing")
    with StatementCount() as statements:
        reader.get("/settings/shop/")
    assert statements.count == 2


SECRET, TELLS = "sk_test_" + "5" * 20, "whsec_" + "7" * 20


def test_secrets_of_payments_are_kept_and_never_told(acme: TenantInfo, api: ApiClient) -> None:
    account = {"stripe_key": "pk_test_1", "test_mode": True, "payment_methods": ["stripe_card", "bank_transfer"],
               "payment_instructions": ""}  # fmt: skip

    response = api.patch("/settings/payments/", {**account, "secret_key": SECRET, "webhook_secret": TELLS})

    assert response.json() == {**account, "has_secret_key": True, "has_webhook_secret": True}
    with tenant_context(acme):
        assert known_secrets() == {"secret_key": SECRET, "webhook_secret": TELLS}
    with tenant_scope(acme.id):
        entry = AuditLog.objects.get(action="change_settings")
    assert SECRET not in str(entry.new_values) + str(entry.metadata)
    assert "Webhook secret" in str(entry.metadata)
    forgotten = api.patch("/settings/payments/", {"stripe_key": ""}).json()
    assert (forgotten["has_secret_key"], forgotten["payment_methods"]) == (False, account["payment_methods"])


def test_mails_have_the_merchants_words_until_they_are_taken_back(acme: TenantInfo, api: ApiClient) -> None:
    path, words = (
        "/settings/mails/order_paid/en/",
        {"subject": "Paid: {{ number }}", "title": "Thank you!", "text": "{{ amount }}"},
    )
    ours = api.get(path)

    written = api.put(path, words, If_Match=ours.headers["ETag"])

    assert written.json() == {"kind": "order_paid", "language": "en", "is_own": True, **words}
    own = {mail["kind"]: mail["own_in"] for mail in api.get("/settings/mails/").json()["mails"]}
    assert (own["order_paid"], own["order_placed"]) == (["en"], [])
    refused = [
        api.put(path, {**words, "text": "{{ password }}"}),
        api.put(path, {"subject": "Paid"}),
        api.put("/settings/mails/order_paid/de/", words),
        api.delete(path, If_Match=ours.headers["ETag"]),
    ]
    assert [error_of(answer) for answer in refused] == [
        (400, "broken_template", "text"), (400, "required", "title"), (404, "not_found", None),
        (412, "changed_meanwhile", None),
    ]  # fmt: skip
    assert api.get(path).json() == written.json()
    assert api.delete(path).status_code == 204
    assert api.get(path).json() == ours.json()
    with tenant_scope(acme.id):
        assert AuditLog.objects.filter(action="change_mail_template").count() == 2


def test_a_look_is_drafted_published_and_brought_back(acme: TenantInfo, api: ApiClient) -> None:
    path = "/settings/design/"
    before = api.get(path).json()
    change = {"look": "market", "brand": "#AA0000", "hero_title": "  New   in spring ", "sections": ["newest", "hero"]}

    draft = api.patch(path, change).json()

    assert draft["live"] == before["live"]
    assert draft["draft"] == {**before["live"], **change, "brand": "#aa0000", "hero_title": "New in spring"}
    assert error_of(api.patch(path, {"social": ["/x"]})) == (400, "invalid", "social.0")
    assert error_of(api.patch(path, {"logo": "/media/x.png"})) == (400, "invalid_choice", "logo")
    published = api.post(f"{path}publish/", {}).json()
    assert (published["live"], published["draft"]) == (draft["draft"], None)
    assert error_of(api.post(f"{path}publish/", {})) == (409, "no_design_draft", None)
    [version] = published["versions"]
    assert api.post(f"{path}restore/", {"number": version["number"]}).json()["draft"] == before["live"]
    assert api.post(f"{path}discard/", {}).json()["draft"] is None
    with tenant_scope(acme.id):
        entry = AuditLog.objects.get(action="publish_theme")
    assert (entry.metadata["door"], entry.user_id) == ("api", None)
