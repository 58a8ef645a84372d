"""Returns in the back office."""

from decimal import Decimal

from platform_core.audit.models import AuditLog
from platform_core.audit.scope import tenant_scope
from tenant_shop.models import Return
from tenant_shop.payments.models import PaymentRefund
from tenant_shop.returns.request import request_return
from tests.people import staff_browser
from tests.returning import DAMAGED, paid, pieces
from tests.shopping import everything, stock_of

PATH = "/admin/tenant_shop/return/"


def test_the_merchants_people_see_and_move_returns_and_a_viewer_only_sees(selling, ann, order):
    asked = request_return(ann, order.pk, pieces(order, 1), reason=DAMAGED, note="Chipped")
    action = {"action": "approve", "_selected_action": [str(asked.pk)]}
    viewer = staff_browser(selling, role="viewer", email="viewer@acme.example")
    assert order.order_number in viewer.get(PATH).content.decode()
    page = viewer.get(f"{PATH}{asked.pk}/change/").content.decode()
    assert "Chipped" in page
    assert "/approve/" not in page
    before = everything()
    viewer.post(PATH, action)
    for verb in ("approve", "decline", "receive", "refund"):
        assert viewer.post(f"{PATH}{asked.pk}/{verb}/").status_code == 403
    after = everything()
    assert {table for table in before if before[table] != after[table]} <= {"django_session"}
    editor = staff_browser(selling, role="editor", email="editor@acme.example")
    editor.post(PATH, action)
    assert Return.objects.get().status == "approved"
    assert "cannot become approved" in editor.post(PATH, action, follow=True).content.decode()


def test_a_returns_page_leads_from_the_request_to_the_refund(selling, ann, order):
    asked = request_return(ann, order.pk, pieces(paid(order), 2), reason=DAMAGED)
    page, mug = f"{PATH}{asked.pk}/", order.items.first().variant
    stock = stock_of(mug)
    browser = staff_browser(selling, role="editor", email="editor@acme.example")
    assert browser.get(f"{page}approve/").status_code == 405
    assert "Approve" in browser.get(f"{page}change/").content.decode()
    browser.post(f"{page}approve/", {"answer": "Pack it well."})
    assert "The goods have arrived" in browser.get(f"{page}change/").content.decode()
    browser.post(f"{page}receive/", {"restock": "on"})
    shown = browser.get(f"{page}change/").content.decode()
    assert "<strong>€20.00</strong>" in shown
    assert "The delivery cost €4.90." in shown
    answers = [browser.post(f"{page}refund/", {"shipping": "on"}, follow=True).content.decode() for _ in range(2)]
    assert "The return is refunded now" in answers[0]
    asked.refresh_from_db()
    assert (asked.status, asked.answer) == ("refunded", "Pack it well.")
    assert PaymentRefund.objects.get().amount == Decimal("24.90")
    assert stock_of(mug) == stock + 2
    assert browser.post(f"{PATH}{ann.pk}/approve/").status_code == 404
    with tenant_scope(selling.id):
        actions = AuditLog.objects.filter(resource_id=asked.pk).order_by("created_at").values_list("action", flat=True)
        assert list(actions) == ["approve_return", "receive_return", "refund_return", "refund_return"]


def test_a_return_of_another_shop_is_not_there(selling, ann, order, make_shop):
    asked = request_return(ann, order.pk, pieces(order, 1), reason=DAMAGED)
    browser = staff_browser(make_shop("globex"), role="owner", email="owner@globex.example")
    assert browser.post(f"{PATH}{asked.pk}/approve/").status_code == 404
    assert Return.objects.get().status == "requested"
