"""What the shop's people do and what the audit log says of it are one: without the entry nothing moves.

One shop serves for every door, since every one of them takes back what it did.
"""

import ast
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from platform_core.audit.origin import Origin
from platform_core.tenancy.context import TenantInfo, tenant_context
from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.audit import note as audit
from tenant_shop.backoffice.site import backoffice
from tenant_shop.imports.runs.models import ImportRun
from tenant_shop.models import Company, QuoteLine, QuoteRequest, Return
from tenant_shop.orders.models import Order
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.shipping.models import ShippingZoneRate
from tests.companies import DE_ID
from tests.factories.customers import CustomerFactory
from tests.factories.orders import OrderItemFactory
from tests.paying import take_cards
from tests.people import staff_browser
from tests.shopper import forms_in
from tests.shopping import ADDRESS, configure, everything, order_of, stocked
from tests.tenant_shop.backoffice.doors import doors, furnish, path_of
from tests.tenant_shop.backoffice.roles_table import TABLE
from tests.tenant_shop.backoffice.test_two_editors import DOORS as EDITED

FROM = Origin(user_id=None)
ROOT = Path(__file__).parents[3] / "tenant_shop"
# Whoever is asked outside may take long: what they answered is entered first, and the log follows at once.
ASKS_OUTSIDE = {
    "admin:tenant_shop_order_capture",
    "admin:tenant_shop_order_let_go",
    "admin:tenant_shop_order_refund",
    "admin:tenant_shop_return_refund",
    "admin:tenant_shop_company_ask",
}
# Their audit entries are rows of the platform's database, written in its own transaction.
PLATFORMS = {f"admin:{name}" for name in ("staff", "staff_person", "staff_remove", "staff_resend", "staff_revoke")} | {
    "admin:design_publish",
    "admin:copies",
    "admin:security",
    "admin:domains",
    "admin:domain_do",
    *(f"admin:plan_{name}" for name in ("change", "end", "keep", "coupon", "pay", "details", "card", "card_forget")),
}
# A draft is nobody's change yet; lists, suggestions and the way in write nothing.
TELLS_NOTHING = {
    "admin:app_list",
    "admin:design",
    "admin:design_discard",
    "admin:design_preview",
    "admin:design_restore",
    "admin:logout",
    "admin:tenant_shop_order_take_customers",
    "admin:tenant_shop_order_take_goods",
    "admin:tenant_shop_pricelist_export",
    "admin:tenant_shop_product_reorder",
}


# What a visit leaves behind, and the nameless cart of an order that is taken by hand, until it is ordered.
PASSING = {"django_session", "shopping_carts", "cart_items"}


class EntryLost(Exception):
    """The outbox cannot be written to."""


def fields_of(browser: Client, path: str, name: str, **data: Any) -> dict[str, Any]:
    """The form of a page, or of the page that comes back when `data` is sent, which has a field that begins so."""
    page = browser.post(path, data) if data else browser.get(path)
    for form in forms_in(page):
        if any(field.startswith(name) for field in form.fields):
            return dict(form.fields)
    raise AssertionError(f"{path} has no form with {name}: {page.status_code}")


def main_form(browser: Client, path: str, **changes: Any) -> dict[str, Any]:
    form = next(form for form in forms_in(browser.get(path)) if form.id.endswith("_form"))
    return {name: value for name, value in form.fields.items() if "__prefix__" not in name} | changes


def looked_at(browser: Client, path: str, sent: dict[str, Any]) -> dict[str, Any]:
    found = re.search(r'name="looked_at" value="([^"]+)"', browser.post(path, sent).content.decode())
    assert found, path
    return {"looked_at": found[1]}


@pytest.fixture
def ids(acme: TenantInfo) -> dict[str, Any]:
    """The furnished shop, with what the doors need besides."""
    with tenant_context(acme):
        configure()
        mug = stocked(name="Mug", sku="MUG")
        orders = {"fresh": order_of((mug, 2)).pk, "paid": mark_as_paid(order_of((mug, 2)).pk, actor="ann").pk}
        take_cards()
        order_of((mug, 1))
        configure(test_mode=False, payment_methods=["bank_transfer"])
    found = furnish(acme)
    with tenant_context(acme):
        ShippingZoneRate.objects.create(zone_id=found["shippingzone"], name="Parcel", amount=5)
        Company.objects.filter(pk=found["company"]).update(status="pending", tax_id=DE_ID)
        quote = QuoteRequest.objects.get()
        QuoteLine.objects.create(
            quote=quote, variant=mug, product_name="Mug", product_sku="MUG", quantity=1, list_price=10
        )
        found |= orders | {
            "lonely": CustomerFactory(email="lonely@example.com").pk,
            "twin": CustomerFactory(email="twin@example.com").pk,
            "shipped": OrderItemFactory(order__status=Order.Status.SHIPPED).order.pk,
            "cancelled": OrderItemFactory(order__status=Order.Status.CANCELLED).order.pk,
            "mug": mug,
        }
        found["approved"] = Return.objects.create(order_id=found["shipped"], reason="damaged", status="approved").pk
        run = ImportRun.objects.get()
        run.step, run.state = ImportRun.Step.CHECK, ImportRun.State.DONE
        run.file, run.ended_at = "private/imports/a/a.csv", timezone.now()
        run.save()
    return found


Ids = dict[str, Any]
Form = Callable[[Client, str, Ids], dict[str, Any]]


def changed(**changes: Any) -> Form:
    return lambda browser, path, ids: main_form(browser, path, **changes)


def at(**instead: str) -> Callable[[Ids], Ids]:
    """The door of another object than the furnished one: `at(order="shipped")`."""
    return lambda ids: ids | {part: ids[name] for part, name in instead.items()}


def _settings(**changes: Any) -> Form:
    def form(browser: Client, path: str, ids: Ids) -> dict[str, Any]:
        return fields_of(browser, path, "seen") | changes

    return form


def _edit(browser: Client, path: str, ids: Ids) -> dict[str, Any]:
    form = fields_of(browser, path, "seen")
    pieces = next(name for name in form if name.startswith("pieces-"))
    return fields_of(browser, path, "seen", **form | {pieces: "1", "do": "preview"}) | {"do": "save"}


def _take(browser: Client, path: str, ids: Ids) -> dict[str, Any]:
    form = fields_of(browser, path, "goods-sku-0") | {"goods-sku-0": "MUG", "goods-pieces-0": "1"} | ADDRESS
    form |= {"email": "bob@example.com", "payment": "bank_transfer", "do": "preview"}
    return fields_of(browser, path, "goods-sku-0", **form) | {"do": "place"}


def _merge(browser: Client, path: str, ids: Ids) -> dict[str, Any]:
    return looked_at(browser, path, {"do": "look", "email": "twin@example.com"}) | {"do": "merge"}


def _count(browser: Client, path: str, ids: Ids) -> dict[str, Any]:
    return looked_at(browser, path, {"name": "Spring", ids["mug"].pk.hex: "3"})


def _table(browser: Client, path: str, ids: Ids) -> dict[str, Any]:
    rows = browser.get(path).context["rows"]
    form = {field.html_name: field.value() for row in rows for field in row if field.value() not in (False, None)}
    return looked_at(browser, path, {**form, f"{ids['mug'].product_id.hex}-price": "18.00"})


def _quote(browser: Client, path: str, ids: Ids) -> dict[str, Any]:
    form = {name: value or "5.00" for name, value in fields_of(browser, path, "revision").items()}
    until = timezone.now() + timedelta(days=7)
    return form | {"valid_until_0": f"{until:%Y-%m-%d}", "valid_until_1": "12:00", "shipping": "", "note": "Gladly."}


def _return(browser: Client, path: str, ids: Ids) -> dict[str, Any]:
    form = fields_of(browser, path, "pieces-")
    pieces = next(name for name in form if name.startswith("pieces-"))
    return form | {pieces: "1", "reason": "damaged"}


def _stock(browser: Client, path: str, ids: Ids) -> dict[str, Any]:
    return {name: "7" if len(name) == 32 else value for name, value in fields_of(browser, path, "reason").items()}


def acting(action: str, name: str) -> tuple[Form, Callable[[Ids], Ids]]:
    """An action of a list, with one row."""

    def form(browser: Client, path: str, ids: Ids) -> dict[str, Any]:
        chosen = f"{action}{ids['customergroup'].hex}" if action == "into_" else action
        return {"action": chosen, "_selected_action": [str(ids[name])], "post": "yes"}

    return form, at()


MODEL = "admin:tenant_shop_"
CONFIRMED = {"post": "yes"}
# Of every door that writes: what it is sent, and with which object it works if not with the furnished one.
SENT: dict[str, Any] = {
    "dashboard:setup": {"dismiss": "all"},
    "admin:settings": _settings(store_phone="+49 30 1"),
    "admin:region": _settings(timezone="Asia/Tokyo"),
    "admin:notices": _settings(low_stock_threshold="9"),
    "admin:filters": _settings(auto_tags="", tags="linen"),
    "admin:tax_settings": _settings(tax_rate="7"),
    "admin:invoice_settings": _settings(invoice_tax_id="DE1"),
    "admin:payment_settings": _settings(test_mode="on"),
    "admin:languages": {"own": "de", "others": ["de"]},
    "admin:loyalty_settings": _settings(least_spent="77"),
    "admin:mail": {"subject": "Thanks", "title": "Thanks", "text": "Thank you.", "action": "save"},
    "admin:test_orders": {},
    "admin:webhook_add": {
        "name": "Stock",
        "url": "https://stock.example/",
        "events": ["stock.low"],
        "retry_count": "9",
        "timeout_seconds": "30",
    },
    "admin:webhook": {
        "name": "Other",
        "url": "https://stock.example/",
        "events": ["stock.low"],
        "retry_count": "9",
        "timeout_seconds": "30",
    },
    "admin:webhook_do": {"do": "rotate", "overlap": "24"},
    "admin:webhook_deliveries": {},
    "admin:webhook_delivery": {},
    "admin:api_keys": {"name": "Warehouse", "kind": "secret", "scope_orders": "read"},
    "admin:api_key": {"name": "Depot", "scope_orders": "read"},
    "admin:api_key_roll": {"overlap": "24"},
    "admin:api_key_revoke": {},
    f"{MODEL}bulkedit_undo": {},
    f"{MODEL}category_move": {"move": "place", "parent": "", "place": "0"},
    f"{MODEL}company_approve": {},
    f"{MODEL}company_block": {"reason": "No."},
    f"{MODEL}company_confirm": {},
    f"{MODEL}company_refuse": {},
    f"{MODEL}customfield_index": {"wanted": "yes"},
    f"{MODEL}customer_data": {},
    f"{MODEL}customer_erase": ({"email": "lonely@example.com"}, at(customer="lonely")),
    f"{MODEL}customer_erasure": ({}, at(customer="lonely")),
    f"{MODEL}customer_merge": (_merge, at(customer="lonely")),
    f"{MODEL}customer_note": {"text": "Rings twice."},
    f"{MODEL}customer_tags": {"tags": "press"},
    f"{MODEL}customer_points": {"key": "a", "change": "add", "points": "5", "reason": "A gift"},
    f"{MODEL}importrun_add": lambda *_: {"kind": "products", "file": SimpleUploadedFile("a.csv", b"Handle,Title\n")},
    f"{MODEL}importrun_settle": {},
    f"{MODEL}importrun_start": {},
    f"{MODEL}order_contact": (
        lambda browser, path, _: fields_of(browser, path, "seen_email") | {"email": "new@example.com"},
        at(order="fresh"),
    ),
    f"{MODEL}order_cancel": ({"goods": "back"}, at(order="fresh")),
    f"{MODEL}order_confirm": ({}, at(order="fresh")),
    f"{MODEL}order_deliver": ({}, at(order="shipped")),
    f"{MODEL}order_invoice": ({}, at(order="fresh")),
    f"{MODEL}order_edit": (_edit, at(order="fresh")),
    f"{MODEL}order_fields": ({}, at(order="fresh")),
    f"{MODEL}order_fulfil": (lambda browser, path, _: fields_of(browser, path, "pieces-"), at(order="paid")),
    f"{MODEL}order_late": ({}, at(order="cancelled")),
    f"{MODEL}order_note": {"text": "Rings twice."},
    f"{MODEL}order_pay": ({}, at(order="fresh")),
    f"{MODEL}order_return": (_return, at(order="shipped")),
    f"{MODEL}order_send_again": ({"mail": "placed"}, at(order="fresh")),
    f"{MODEL}order_tags": {"tags": "gift"},
    f"{MODEL}order_take": _take,
    f"{MODEL}order_tracking": _settings(tracking_number="1Z999"),
    f"{MODEL}pricelist_import": {"rows": "sku,unit_price\nMUG,6.00"},
    f"{MODEL}product_count": _count,
    f"{MODEL}product_duplicate": {},
    f"{MODEL}product_table": _table,
    f"{MODEL}product_stock": _stock,
    f"{MODEL}quoterequest_answer": _quote,
    f"{MODEL}return_approve": {"answer": "Yes."},
    f"{MODEL}return_decline": {"answer": "No."},
    f"{MODEL}return_receive": ({}, at(**{"return": "approved"})),
    **{f"{MODEL}{model}_keep": {"name": "New", "query": "q=b"} for model in ("order", "product", "customer")},
    **{f"{MODEL}{model}_view_delete": {} for model in ("order",)},
    **{f"{MODEL}{model}_view_rename": {"name": "Hers"} for model in ("order",)},
    f"{MODEL}brand_change": changed(name="Other"),
    f"{MODEL}category_change": changed(name="Other"),
    f"{MODEL}company_change": changed(name="Other"),
    f"{MODEL}customer_change": changed(first_name="Other"),
    f"{MODEL}customergroup_change": changed(name="Other"),
    f"{MODEL}customfield_change": changed(name="Other"),
    f"{MODEL}discountcode_change": changed(name="Other"),
    f"{MODEL}page_change": changed(title="Other"),
    f"{MODEL}pricelist_change": changed(name="Other"),
    f"{MODEL}product_change": changed(name="Other"),
    f"{MODEL}productreview_change": changed(status="approved"),
    f"{MODEL}quantityrule_change": changed(minimum="9"),
    f"{MODEL}searchsynonym_change": changed(term="other"),
    f"{MODEL}shippingzone_change": changed(name="Other", countries=[]),
    f"{MODEL}taxrate_change": changed(rate="20"),
    f"{MODEL}brand_add": {"name": "New", "slug": "new", "is_active": "on"},
    f"{MODEL}brand_delete": CONFIRMED,
    f"{MODEL}brand_changelist": acting("delete_selected", "brand"),
    f"{MODEL}order_changelist": acting("pay_selected", "fresh"),
    f"{MODEL}productreview_changelist": acting("approve", "productreview"),
    f"{MODEL}quoterequest_changelist": acting("decline", "quoterequest"),
    f"{MODEL}return_changelist": acting("approve", "return"),
    f"{MODEL}customer_changelist": acting("into_", "lonely"),
}


def written() -> set[str]:
    """The doors that write: a viewer's form is refused there. Of Django's pages for adding and deleting one each.

    Over the API programs write, by keys and not by a session: tests/tenant_shop/api looks at their entries.
    """
    refused = {name for name, (get, post) in TABLE.items() if post == "403" and not get.startswith("403")}
    refused -= {name for name in refused if name.startswith("api-v1:")}
    refused -= {name for name in refused if name.endswith(("_add", "_delete")) and name != f"{MODEL}order_view_delete"}
    fixed = {f"{MODEL}{model}_change" for model in ids_of_models() - EDITED.keys()}
    kept = {f"{MODEL}{model}_view_{verb}" for model in ("product", "customer") for verb in ("rename", "delete")}
    return refused - fixed - kept - ASKS_OUTSIDE - PLATFORMS - TELLS_NOTHING


def ids_of_models() -> set[str]:
    return {str(model._meta.model_name) for model in backoffice._registry}


def test_every_door_that_writes_is_tried() -> None:
    assert written() - SENT.keys() == set()


@pytest.mark.slow
def test_where_the_entry_cannot_be_written_nothing_moves(
    acme: TenantInfo, ids: Ids, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, routes = staff_browser(acme), dict(doors())

    def lose(*_: Any) -> None:
        raise EntryLost

    found = {}
    for name, door in SENT.items():
        sent, moved = door if isinstance(door, tuple) else (door, at())
        own = moved(ids)
        path = path_of(routes[name], own) + (f"?ids={own['mug'].product_id.hex}" if name.endswith("_table") else "")
        data = sent(browser, path, own) if callable(sent) else sent
        before = state(acme)
        with monkeypatch.context() as planted:
            planted.setattr(audit, "record_event", lose)
            try:
                answer = browser.post(path, data)
            except EntryLost:
                found[name] = "moved" if state(acme) != before else "still"
            else:
                found[name] = f"no entry: {answer.status_code}"
    assert {name: told for name, told in found.items() if told != "still"} == {}


def state(shop: TenantInfo) -> dict[str, Any]:
    with tenant_context(shop):
        return {table: rows for table, rows in everything().items() if table not in PASSING}


def test_an_entry_outside_of_a_transaction_is_refused(acme: TenantInfo) -> None:
    with tenant_context(acme):
        with pytest.raises(audit.NotInTransaction):
            audit.note(FROM, "take_order", resource_type="order")
        with shop_transaction():
            audit.note(FROM, "take_order", resource_type="order")


def test_only_what_is_asked_outside_is_told_afterwards() -> None:
    """Where `note_afterwards` stands, the entry is in a transaction of its own: a gateway or a register was asked."""
    callers = {
        (path.name, function.name)
        for path in ROOT.rglob("*.py")
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef)
        for call in ast.walk(function)
        if isinstance(call, ast.Attribute) and call.attr == "note_afterwards"
    }
    assert callers == {
        ("companies.py", "_do"),
        ("order_batches.py", "do_verb"),
        ("payments.py", "_give_back"),
        ("returns.py", "_do"),
    }
