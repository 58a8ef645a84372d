"""The back office sends orders, notes that they arrived, and corrects customers' points."""

from collections.abc import Callable
from typing import Any

import pytest

from platform_core.accounts.models import AccessRole, PlatformUser
from platform_core.audit.models import AuditLog
from platform_core.audit.scope import tenant_scope
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.loyalty.models import LoyaltyEntry
from tenant_shop.orders.fulfil import fulfil_order
from tenant_shop.orders.models import Order
from tenant_shop.orders.shipments import Shipment
from tenant_shop.payments.mark_paid import mark_as_paid
from tests.loyalty import points, run_programme, with_points
from tests.people import staff_browser
from tests.shopper import forms_in
from tests.shopping import configure, everything, order_of, stocked


@pytest.fixture
def acme(make_shop: Callable[..., TenantInfo]) -> Any:
    shop = make_shop("acme")
    with tenant_context(shop):
        configure()
        yield shop


@pytest.fixture
def order(acme: TenantInfo) -> Order:
    placed = order_of((stocked(name="Mug"), 3), (stocked(name="Bowl"), 1))
    return mark_as_paid(placed.pk, actor="ann")


def path_of(order: Order, verb: str) -> str:
    return f"/admin/tenant_shop/order/{order.pk}/{verb}/"


def form_with(page: Any, name: str) -> dict[str, str]:
    return next(form for form in forms_in(page) if name in form.fields).fields


def unchanged(before: dict[str, Any]) -> bool:
    after = everything()
    return {table for table in before if before[table] != after[table]} <= {"django_session"}


def test_an_editor_sends_an_order_in_parts_and_notes_that_it_arrived(acme: TenantInfo, order: Order) -> None:
    browser = staff_browser(acme, AccessRole.EDITOR)
    assert path_of(order, "fulfil") in browser.get(path_of(order, "change")).content.decode()
    mugs, bowl = order.items.all()
    fields = form_with(browser.get(path_of(order, "fulfil")), f"pieces-{mugs.pk}")
    assert (fields[f"pieces-{mugs.pk}"], fields[f"pieces-{bowl.pk}"]) == ("3", "1")
    sent = {**fields, f"pieces-{mugs.pk}": "2", f"pieces-{bowl.pk}": "", "carrier": "DHL", "tracking_number": "123"}
    answers = [browser.post(path_of(order, "fulfil"), sent, follow=True).content.decode() for _ in range(2)]
    assert f"Order {order.order_number} is partly shipped now; the customer is told by mail." in answers[0]
    assert "This parcel was sent already." in answers[1]
    assert Shipment.objects.count() == 1
    fields = form_with(browser.get(path_of(order, "fulfil")), f"pieces-{mugs.pk}")
    browser.post(path_of(order, "fulfil"), fields)
    order.refresh_from_db()
    assert (order.status, order.tracking_number) == ("shipped", "123")
    page = browser.get(path_of(order, "change")).content.decode()
    assert "Mark as delivered" in page
    assert path_of(order, "fulfil") not in page
    assert (
        "There is nothing of this order that could be sent now."
        in browser.get(path_of(order, "fulfil")).content.decode()
    )
    for _ in range(2):
        browser.post(path_of(order, "deliver"))
    order.refresh_from_db()
    assert order.status == "delivered"
    with tenant_scope(acme.id):
        actions = list(
            AuditLog.objects.filter(resource_id=order.pk).order_by("created_at").values_list("action", flat=True)
        )
    assert actions == ["send_order", "send_order", "deliver_order", "deliver_order"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"mugs": "4"}, "Ensure this value is less than or equal to 3."),
        ({"mugs": "", "bowl": "0"}, "Say how many pieces are sent."),
        ({"tracking_url": "javascript:alert(1)"}, "Enter a valid URL."),
    ],
)
def test_what_cannot_be_sent_is_said_and_nothing_changes(
    changes: dict[str, str], sentence: str, acme: TenantInfo, order: Order
) -> None:
    browser = staff_browser(acme)
    mugs, bowl = order.items.all()
    names = {"mugs": f"pieces-{mugs.pk}", "bowl": f"pieces-{bowl.pk}"}
    fields = form_with(browser.get(path_of(order, "fulfil")), names["mugs"])
    before = everything()
    answer = browser.post(
        path_of(order, "fulfil"), {**fields, **{names.get(key, key): value for key, value in changes.items()}}
    )
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert unchanged(before)


def test_a_viewer_sends_nothing(acme: TenantInfo, order: Order) -> None:
    browser = staff_browser(acme, AccessRole.VIEWER)
    page = browser.get(path_of(order, "change")).content.decode()
    assert path_of(order, "fulfil") not in page
    before = everything()
    assert browser.get(path_of(order, "fulfil")).status_code == 403
    assert browser.post(path_of(order, "fulfil"), {"key": "a"}).status_code == 403
    assert browser.post(path_of(order, "deliver")).status_code == 403
    assert unchanged(before)


def test_orders_of_another_shop_are_not_there(acme: TenantInfo, order: Order, make_shop: Any) -> None:
    browser = staff_browser(make_shop("globex"), email="owner@globex.example")
    assert browser.get(path_of(order, "fulfil")).status_code == 404
    browser.post(path_of(order, "deliver"))
    assert Order.objects.get().status == "confirmed"


def points_path(customer: Any) -> str:
    return f"/admin/tenant_shop/customer/{customer.pk}/points/"


def test_points_are_corrected_with_a_reason_by_somebody(acme: TenantInfo) -> None:
    run_programme()
    ann = with_points(50, email="ann@example.com")
    browser = staff_browser(acme, AccessRole.EDITOR)
    assert points_path(ann) in browser.get(f"/admin/tenant_shop/customer/{ann.pk}/change/").content.decode()
    fields = form_with(browser.get(points_path(ann)), "points")
    sent = {**fields, "change": "take", "points": "20", "reason": "Counted twice"}
    for _ in range(2):
        browser.post(points_path(ann), sent)
    entry = LoyaltyEntry.objects.exclude(note="").get()
    user = PlatformUser.objects.get(email="editor@acme.example")
    assert (entry.points, entry.note, entry.actor) == (-20, "Counted twice", str(user.pk))
    page = browser.get(points_path(ann)).content.decode()
    assert "Balance: <strong>30</strong>" in page
    assert "editor@acme.example" in page
    assert "Counted twice" in page
    fields = form_with(browser.get(points_path(ann)), "points")
    before = everything()
    for changes, sentence in (
        ({"change": "take", "points": "31", "reason": "x"}, "The customer has 30 points; 31 cannot be taken."),
        ({"change": "add", "points": "2147483647", "reason": "x"}, "cannot be added."),
        ({"change": "add", "points": "0", "reason": "x"}, "greater than or equal to 1"),
        ({"change": "add", "points": "5", "reason": "  "}, "This field is required."),
        ({"change": "gift", "points": "5", "reason": "x"}, "Select a valid choice."),
    ):
        answer = browser.post(points_path(ann), {**fields, **changes})
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
    assert unchanged(before)
    with tenant_scope(acme.id):
        log = AuditLog.objects.filter(action="correct_customer", resource_id=ann.pk).first()
    assert log is not None
    assert log.metadata["changes"] == [{"corrected": {"fields": ["points: -20, Counted twice"]}}]


def test_a_viewer_sees_points_and_corrects_none(acme: TenantInfo, make_shop: Any) -> None:
    ann = with_points(50)
    browser = staff_browser(acme, AccessRole.VIEWER)
    page = browser.get(points_path(ann)).content.decode()
    assert "Balance: <strong>50</strong>" in page
    assert "Correct the balance" not in page
    answer = browser.post(points_path(ann), {"key": "a", "change": "add", "points": "5", "reason": "x"})
    assert answer.status_code == 403
    assert points(ann) == 50
    other = staff_browser(make_shop("globex"), email="owner@globex.example")
    assert other.get(points_path(ann)).status_code == 404


def test_a_number_that_was_mistyped_is_corrected_and_the_second_of_two_is_told(acme: TenantInfo, order: Order) -> None:
    mugs, bowl = order.items.all()
    fulfil_order(order.pk, pieces={mugs.pk: 3, bowl.pk: 1}, key="a", actor="ann", carrier="DHL", tracking_number="12")
    parcel = Shipment.objects.get(order=order)
    path = f"/admin/tenant_shop/order/{order.pk}/parcels/{parcel.pk}/"
    browser = staff_browser(acme, AccessRole.EDITOR)
    assert path in browser.get(path_of(order, "change")).content.decode()
    fields = form_with(browser.get(path), "tracking_number")
    assert (fields["carrier"], fields["tracking_number"], fields["tracking_url"]) == ("DHL", "12", "")

    answer = browser.post(path, {**fields, "tracking_number": "123"}, follow=True)

    assert "The parcel is followed as DHL 123 now. The customer is told by mail." in answer.content.decode()
    late = browser.post(path, {**fields, "tracking_number": "124"})
    assert late.status_code == 422
    assert "It is now: DHL 123." in late.content.decode()
    again = form_with(late, "tracking_number")
    assert again["tracking_number"] == "124"
    browser.post(path, again)
    parcel.refresh_from_db()
    assert (parcel.tracking_number, parcel.tracking_url.endswith("AWB=124")) == ("124", True)
    with tenant_scope(acme.id):
        entry = AuditLog.objects.filter(action="track_order", resource_id=order.pk).earliest("created_at")
    assert (entry.old_values["tracking_number"], entry.new_values["tracking_number"]) == ("12", "123")
    assert "Correct</a>" not in staff_browser(acme, AccessRole.VIEWER).get(path_of(order, "change")).content.decode()
    other = path_of(order_of((stocked(), 1)), "parcels")
    assert browser.get(f"{other}{parcel.pk}/").status_code == 404
