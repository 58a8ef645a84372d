"""An order's page tells what happened and by whom; staff add notes and tags, and nobody else does."""

from decimal import Decimal
from typing import Any

import pytest

from platform_core.accounts.models import AccessRole, PlatformUser
from platform_core.audit.models import AuditLog
from platform_core.audit.scope import tenant_scope
from platform_core.tenancy.context import TenantInfo
from tenant_shop.orders.by_hand import ByHand
from tenant_shop.orders.fulfil import fulfil_order, unsent_pieces
from tenant_shop.orders.models import Order
from tenant_shop.orders.notes import OrderNote, write_note
from tenant_shop.orders.timeline import timeline_of
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.payments.models import Payment
from tenant_shop.payments.refund import refund_amount
from tests.people import staff_browser
from tests.shopping import configure, everything, order_of, stocked
from tests.statements import StatementCount


@pytest.fixture
def order(shop: TenantInfo) -> Order:
    configure()
    return order_of((stocked(), 2))


def path_of(order: Order, verb: str) -> str:
    return f"/admin/tenant_shop/order/{order.pk}/{verb}/"


def test_the_timeline_tells_steps_money_and_notes_the_newest_first(order: Order) -> None:
    mark_as_paid(order.pk, actor="ann")
    write_note(order.pk, "Rang twice.", actor="bob")
    fulfil_order(order.pk, pieces=unsent_pieces(order), key="one", actor="cia", carrier="DHL", tracking_number="1")
    refund_amount(Payment.objects.get().pk, amount=Decimal("4.90"), key="two", actor="dan")
    assert [(each.text, each.actor, each.is_note) for each in timeline_of(order)] == [
        ("€4.90 given back (bank transfer)", "dan", False),
        ("Shipped · 2 pieces sent · DHL · 1", "cia", False),
        ("Rang twice.", "bob", True),
        ("Confirmed", "ann", False),
        ("€24.90 received (bank transfer)", "ann", False),
        ("Placed", "checkout", False),
    ]


def test_of_one_moment_the_last_that_happened_stands_first(shop: TenantInfo) -> None:
    configure()
    order = order_of((stocked(), 2), by_hand=ByHand(actor="ann", is_paid=True))
    assert {each.at for each in timeline_of(order)} == {order.created_at}
    assert [each.text for each in timeline_of(order)] == [
        "Confirmed",
        "€24.90 received (bank transfer)",
        "Placed · Taken by hand.",
    ]


def test_its_cost_is_constant(order: Order) -> None:
    counts = []
    for _ in range(2):
        for number in range(3):
            write_note(order.pk, f"Note {number}", actor="ann")
        with StatementCount() as statements:
            timeline_of(order)
        counts.append(statements.count)
    assert counts == [5, 5]


def test_staff_write_notes_and_tags_and_are_named_beside_them(order: Order, shop: TenantInfo) -> None:
    browser = staff_browser(shop, AccessRole.EDITOR, email="ed@acme.example")
    PlatformUser.objects.filter(email="ed@acme.example").update(first_name="Ed", last_name="Itor")
    answer = browser.post(path_of(order, "note"), {"text": "Is <b>waiting</b>"}, follow=True).content.decode()
    assert "The note is written down." in answer
    assert "Is &lt;b&gt;waiting&lt;/b&gt;" in answer
    assert "Ed Itor" in answer
    browser.post(path_of(order, "tags"), {"tags": "gift, Gift, call first"})
    order.refresh_from_db()
    assert order.tags == ["gift", "call first"]
    assert 'value="gift, call first"' in browser.get(path_of(order, "change")).content.decode()
    lists = {tag: browser.get("/admin/tenant_shop/order/", {"tag": tag}) for tag in ("gift", "call first", "Gift")}
    assert {tag: [row.pk for row in page.context["cl"].result_list] for tag, page in lists.items()} == {
        "gift": [order.pk], "call first": [order.pk], "Gift": [],
    }  # fmt: skip
    with tenant_scope(shop.id):
        actions = AuditLog.objects.filter(resource_id=order.pk).order_by("created_at").values_list("action", flat=True)
        assert list(actions) == ["note_order", "tag_order"]


@pytest.mark.parametrize("sent", [{"text": ""}, {"text": "x" * 2001}])
def test_what_is_no_note_is_said_and_nothing_is_written(sent: dict[str, str], order: Order, shop: TenantInfo) -> None:
    browser = staff_browser(shop, AccessRole.EDITOR)
    assert browser.post(path_of(order, "note"), sent).status_code == 302
    assert OrderNote.objects.count() == 0


def test_a_viewer_reads_and_writes_nothing(order: Order, shop: TenantInfo) -> None:
    write_note(order.pk, "Rang twice.", actor="ann")
    viewer = staff_browser(shop, AccessRole.VIEWER, email="viewer@acme.example")
    page = viewer.get(path_of(order, "change")).content.decode()
    assert "Rang twice." in page
    assert path_of(order, "note") not in page
    before = everything()
    for verb, sent in (("note", {"text": "mine"}), ("tags", {"tags": "mine"})):
        assert viewer.post(path_of(order, verb), sent).status_code == 403
        assert viewer.get(path_of(order, verb)).status_code == 405
    after = everything()
    assert {table for table in before if before[table] != after[table]} <= {"django_session"}


def test_another_shops_order_is_not_there(order: Order, make_shop: Any) -> None:
    browser = staff_browser(make_shop("globex"), AccessRole.OWNER, email="owner@globex.example")
    answer = browser.post(path_of(order, "note"), {"text": "mine"}, follow=True)
    assert "The note is written down." not in answer.content.decode()
    assert OrderNote.objects.count() == 0


def test_a_page_says_where_the_order_stands_and_leads_to_those_beside_it(shop: TenantInfo, order: Order) -> None:
    variant = stocked()
    same_moment, newest = order_of((variant, 1)), order_of((variant, 1))
    Order.objects.filter(pk=same_moment.pk).update(created_at=order.created_at)
    browser = staff_browser(shop)

    def beside(which: Order) -> tuple[str | None, str | None]:
        context = browser.get(path_of(which, "change")).context
        older, newer = context["older"], context["newer"]
        return older and older["order_number"], newer and newer["order_number"]

    assert beside(order) == (None, same_moment.order_number)
    assert beside(same_moment) == (order.order_number, newest.order_number)
    assert beside(newest) == (same_moment.order_number, None)
    mark_as_paid(newest.pk, actor="ann")
    page = browser.get(path_of(newest, "change"))
    assert [(badge["name"], badge["text"], badge["colour"]) for badge in page.context["badges"]] == [
        ("Order", "Confirmed", "info"),
        ("Payment", "Paid", "success"),
        ("Delivery", "Unfulfilled", "warning"),
    ]
    text = page.content.decode()
    assert ("shipments-heading" in text, "Company tax id" in text) == (False, False)
    fulfil_order(newest.pk, pieces=unsent_pieces(newest), key="one", actor="cia")
    assert "shipments-heading" in browser.get(path_of(newest, "change")).content.decode()


def test_a_payment_says_where_its_money_is_however_it_came(order: Order, shop: TenantInfo) -> None:
    browser = staff_browser(shop)

    def stand() -> str:
        [inline] = [each for each in browser.get(path_of(order, "change")).context["inline_admin_formsets"]
                    if each.opts.model is Payment]  # fmt: skip
        return str(inline.opts.stand(Payment.objects.get()))

    assert stand() == "Awaited"
    mark_as_paid(order.pk, actor="ann")
    assert stand() == "Paid"
    refund_amount(Payment.objects.get().pk, amount=Decimal("4.90"), key="two", actor="dan")
    assert stand() == "Partly given back"
    refund_amount(Payment.objects.get().pk, amount=Decimal("20.00"), key="three", actor="dan")
    assert stand() == "Given back"
