"""The page on which staff change an order by hand."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail

from platform_core.accounts.models import AccessRole
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.fulfil import fulfil_order
from tenant_shop.orders.models import Order
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.verification.verify_shop import verify_shop
from tests.back_office import entries
from tests.people import staff_browser
from tests.shopper import forms_in
from tests.shopping import configure, everything, order_of, stock_of, stocked


@pytest.fixture
def acme(make_shop: Callable[..., TenantInfo]) -> Any:
    shop = make_shop("acme")
    with tenant_context(shop):
        configure()
        yield shop


def page_of(order: Order) -> str:
    return f"/admin/tenant_shop/order/{order.pk}/edit/"


def fields_of(page: Any) -> dict[str, str]:
    return next(form for form in forms_in(page) if "seen" in form.fields).fields


def pieces_of(order: Order, number: int = 0) -> str:
    return f"pieces-{list(order.items.all())[number].pk}"


def unchanged(before: dict[str, Any]) -> bool:
    after = everything()
    return {table for table in before if before[table] != after[table]} <= {"django_session"}


def test_an_editor_sees_what_it_would_be_and_changes_it_once(acme: TenantInfo) -> None:
    browser = staff_browser(acme, AccessRole.EDITOR)
    mug, bowl = stocked(name="Mug"), stocked(name="Bowl", price="5.00")
    order = mark_as_paid(order_of((mug, 3)).pk, actor="ann")
    assert page_of(order) in browser.get(f"/admin/tenant_shop/order/{order.pk}/change/").content.decode()
    fields = fields_of(browser.get(page_of(order)))
    assert fields[pieces_of(order)] == "3"
    before = everything()

    page = browser.post(page_of(order), {**fields, pieces_of(order): "1", "goods-sku-0": bowl.sku, "do": "preview"})

    shown = page.context["shown"]
    assert (shown["total_before"], shown["total"], shown["missing"], shown["owed"]) == (
        "€34.90",
        "€19.90",
        "",
        "€15.00",
    )
    assert [(line["before"], line["after"]) for line in shown["lines"]] == [(3, 1), (0, 1)]
    assert unchanged(before)

    mail.outbox.clear()
    ready = {**fields_of(page), "do": "save"}
    answers = [browser.post(page_of(order), ready, follow=True).content.decode() for _ in range(2)]

    assert f"Order {order.order_number} is changed. Give the customer €15.00 back." in answers[0]
    assert "This change was saved already." in answers[1]
    order.refresh_from_db()
    assert (order.total_amount, order.owed_amount) == (Decimal("19.90"), Decimal("15.00"))
    assert (stock_of(mug), stock_of(bowl)) == (9, 9)
    assert OutboxEvent.objects.filter(topic="order.edited").count() == 1
    assert OutboxEvent.objects.filter(topic="mail.order_placed").count() == 2
    (entry,) = [entry for entry in entries(acme) if entry.action == "edit_order"]
    assert entry.old_values == {"lines": f"3 \N{MULTIPLICATION SIGN} {mug.sku}", "total_amount": "€34.90"}
    assert entry.new_values == {
        "lines": f"1 \N{MULTIPLICATION SIGN} {mug.sku}, 1 \N{MULTIPLICATION SIGN} {bowl.sku}",
        "total_amount": "€19.90",
    }
    assert verify_shop() == []


def test_who_saves_second_is_told_what_the_order_is_now_and_loses_nothing(acme: TenantInfo) -> None:
    ann, bob = staff_browser(acme), staff_browser(acme, AccessRole.EDITOR)
    order = order_of((stocked(name="Mug"), 2), (stocked(name="Bowl"), 1))
    mugs, bowls = pieces_of(order), pieces_of(order, 1)
    of_ann, of_bob = (
        fields_of(who.post(page_of(order), {**fields_of(who.get(page_of(order))), **changes, "do": "preview"}))
        for who, changes in ((ann, {mugs: "4"}), (bob, {bowls: "3"}))
    )
    ann.post(page_of(order), {**of_ann, "do": "save"})
    before = everything()

    told = bob.post(page_of(order), {**of_bob, "do": "save"})

    assert told.status_code == 422
    assert "was changed while you were editing" in told.content.decode()
    now = [error for error in told.context["form"].non_field_errors() if error.startswith("Now")]
    goods = "4 \N{MULTIPLICATION SIGN} Mug, 1 \N{MULTIPLICATION SIGN} Bowl"
    assert now == [f"Now it has {goods}, for €54.90. What you wrote is kept below."]
    assert unchanged(before)
    kept = fields_of(told)
    assert (kept[bowls], kept.get("expected_total", "")) == ("3", "")
    again = bob.post(page_of(order), {**kept, mugs: "4", "do": "preview"})
    assert bob.post(page_of(order), {**fields_of(again), "do": "save"}).status_code == 302
    assert sorted(order.items.values_list("quantity", flat=True)) == [3, 4]


def test_what_cannot_be_changed_is_said_and_nothing_changes(acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    order = order_of((stocked(name="Mug", stock=3), 2))
    fields = fields_of(browser.get(page_of(order)))
    before = everything()
    for changes, sentence in (
        ({pieces_of(order): "-1"}, "greater than or equal to 0"),
        ({pieces_of(order): "0"}, "Nothing would be left of it: cancel it instead."),
        ({pieces_of(order): "4"}, "Only 1 of Mug left; 2 were asked for."),
        ({"goods-sku-0": "NOTHING"}, "No goods have the SKU NOTHING."),
        ({"delivery": "slow"}, "This delivery is not offered"),
        ({"delivery": "by_hand"}, "Say what this delivery costs."),
        ({"postal_code": "1"}, "This does not look like a code of this country."),
        ({"billing_last_name": ""}, "Please give a last name."),
    ):
        shown = {"expected_total": "44.90" if changes.get(pieces_of(order)) == "4" else "24.90"}
        answer = browser.post(page_of(order), {**fields, **shown, **changes, "do": "save"})
        assert answer.status_code == 422, changes
        assert sentence in answer.content.decode(), (changes, answer.context["form"].errors)
    assert unchanged(before)
    cancel_order(order.pk, reason="", actor="ann")
    assert "It is cancelled." in browser.get(page_of(order)).content.decode()
    assert browser.post(page_of(order), {**fields, "do": "save"}).status_code == 422


def test_a_line_of_which_some_was_sent_cannot_be_written_to(acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    order = mark_as_paid(order_of((stocked(name="Mug"), 2), (stocked(name="Bowl"), 1)).pk, actor="ann")
    mugs, _ = order.items.all()
    fulfil_order(order.pk, pieces={mugs.pk: 1}, key="one", actor="ann")
    page = browser.get(page_of(order))
    assert "1 of 2 were sent." in page.content.decode()
    forged = {**fields_of(page), pieces_of(order): "1", pieces_of(order, 1): "0", "do": "preview"}

    shown = browser.post(page_of(order), forged).context["shown"]

    assert [(line["before"], line["after"]) for line in shown["lines"]] == [(2, 2), (1, 0)]
    assert shown["owed"] == "€10.00"


def test_a_viewer_and_another_shops_staff_change_nothing(acme: TenantInfo, make_shop: Any) -> None:
    order = order_of((stocked(), 1))
    owner = staff_browser(acme)
    ready = {**fields_of(owner.get(page_of(order))), pieces_of(order): "2", "expected_total": "24.90", "do": "save"}
    viewer = staff_browser(acme, AccessRole.VIEWER)
    assert page_of(order) not in viewer.get(f"/admin/tenant_shop/order/{order.pk}/change/").content.decode()
    before = everything()
    assert viewer.get(page_of(order)).status_code == 403
    assert viewer.post(page_of(order), ready).status_code == 403
    other = staff_browser(make_shop("globex"), email="owner@globex.example")
    assert other.post(page_of(order), ready).status_code == 404
    assert unchanged(before)
