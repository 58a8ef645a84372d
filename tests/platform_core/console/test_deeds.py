"""What operators do about shops, bills and coupons: with a reason and a fresh proof, written down; the others only
look."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.forms.models import model_to_dict
from django.utils import timezone

from platform_core.accounts.models import AccessRole, PlatformRole, PlatformUser
from platform_core.accounts.sessions.models import UserSession
from platform_core.audit.models import AuditLog
from platform_core.audit.scope import platform_scope
from platform_core.billing.closed import close_for_bills
from platform_core.billing.coupons.models import PlanCoupon
from platform_core.billing.models import BillingInvoice
from platform_core.configuration.models import PlatformSetting
from platform_core.fleet.backups.models import Backup, BackupTurn
from platform_core.fleet.moves.models import Move
from platform_core.plans.limits import Feature, Limited
from platform_core.plans.models import TenantPlan
from platform_core.tenancy import announcements, directory
from platform_core.tenancy.context import TenantInfo
from platform_core.tenants.models import Tenant
from tests.operating import OPERATOR, WHY, entries, operator, shop
from tests.people import let_in, log_in, make_user, platform_browser
from tests.statements import StatementCount

pytestmark = pytest.mark.usefixtures("platform")


def invoice(acme: TenantInfo) -> BillingInvoice:
    return BillingInvoice.objects.create(
        tenant_id=acme.id, invoice_number="SS-2026-000001", subtotal=Decimal(100), tax_amount=Decimal(19),
        tax_rate=Decimal("0.19"), total_amount=Decimal(119), currency="USD", issued_date=date(2026, 3, 1),
        due_date=date(2026, 3, 15),
        line_items=[{"kind": "plan", "plan": "basic", "description": "Basic, March", "amount": "100.00",
                     "first": "2026-03-01", "last": "2026-03-31"}],
    )  # fmt: skip


def test_support_suspends_and_resumes_with_a_reason_that_stands_in_the_audit_log(acme: TenantInfo) -> None:
    browser = operator(PlatformRole.SUPPORT)

    assert browser.post(shop(acme, "suspend"), {"reason": " "}).status_code == 422
    assert Tenant.objects.get().status == "active"
    assert browser.post(shop(acme, "suspend"), {"reason": WHY}).status_code == 302
    assert Tenant.objects.get().status == "suspended"
    again_refused = browser.post(shop(acme, "suspend"), {"reason": WHY})
    assert (again_refused.status_code, "suspended already" in again_refused.content.decode()) == (409, True)
    assert browser.post(shop(acme, "resume"), {"reason": WHY}).status_code == 302

    assert Tenant.objects.get().status == "active"
    assert entries("suspend_tenant") == entries("resume_tenant") == [(OPERATOR, WHY)]
    with platform_scope():
        entry = AuditLog.objects.get(action="suspend_tenant")
    assert (entry.ip_address, entry.metadata) == ("127.0.0.1", {"reason": WHY, "platform_staff": True})


def test_one_that_is_closed_for_want_of_payment_is_closed_for_another_reason_too_and_says_why(acme: TenantInfo) -> None:
    browser = operator(PlatformRole.SUPPORT)
    close_for_bills(Tenant.objects.get(), number="SS-2026-000042")
    page = browser.get(shop(acme, "change")).content.decode()
    assert ("closed to shoppers: SS-2026-000042 is overdue." in page, shop(acme, "suspend") in page) == (True, True)

    assert browser.post(shop(acme, "suspend"), {"reason": WHY}).status_code == 302
    page = browser.get(shop(acme, "change")).content.decode()
    assert (f"closed to shoppers: {WHY}." in page, shop(acme, "suspend") in page) == (True, False)
    assert browser.post(shop(acme, "suspend"), {"reason": WHY}).status_code == 409


def test_a_shop_is_closed_for_good_by_who_types_its_address(acme: TenantInfo) -> None:
    support, page = operator(PlatformRole.SUPPORT), shop(acme, "close")
    assert support.post(page, {"address": "acme", "reason": WHY}).status_code == 403
    PlatformUser.objects.update(role=PlatformRole.ADMIN)
    assert support.post(page, {"address": "Acme", "reason": WHY}).status_code == 422
    assert (Tenant.objects.get().status, entries("cancel_tenant")) == ("active", [])

    assert support.post(page, {"address": "acme", "reason": WHY}).status_code == 302
    assert (Tenant.objects.get().status, entries("cancel_tenant")) == ("cancelled", [(OPERATOR, WHY)])
    assert support.post(page, {"address": "acme", "reason": WHY}).status_code == 409
    # An old tab leads back to the shop, whose history is what the audit log has of it.
    assert support.get(page).headers["Location"] == shop(acme, "change")
    history = support.get(shop(acme, "history"), follow=True).content.decode()
    assert (WHY in history, "cancel_tenant" in history) == (True, True)


def test_nothing_is_done_by_who_has_not_just_proven_who_they_are(acme: TenantInfo) -> None:
    bill, browser = invoice(acme), operator(PlatformRole.SUPER_ADMIN)
    UserSession.objects.update(confirmed_at=timezone.now() - UserSession.FRESH_FOR)

    for path in (
        *(shop(acme, word) for word in ("suspend", "back-up", "move", "close")),
        f"/admin/platform_core/billinginvoice/{bill.pk}/credit/",
        "/admin/platform_core/plancoupon/add/",
        "/admin/platform_core/platformsetting/add/",
        f"/admin/platform_core/tenantplan/{TenantPlan.objects.get(name='basic').pk}/change/",
    ):
        answer = browser.post(path, {"reason": WHY, "to": "primary", "amount": "1", "code": "SPRING"})
        assert answer.headers["Location"].startswith("/account/confirm/"), path

    assert Tenant.objects.get().status == "active"
    assert (BackupTurn.objects.count(), Move.objects.count(), PlanCoupon.objects.count()) == (0, 0, 0)
    assert BillingInvoice.objects.get().credited_amount == 0


def test_a_plan_that_is_saved_holds_at_once_here_and_is_told_to_every_process(
    acme: TenantInfo, kept_plans: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = TenantPlan.objects.get(name=acme.plan)
    told: list[str] = []
    monkeypatch.setattr(announcements, "publish", told.append)
    assert not directory.by_id(acme.id).plan_terms.includes(Feature.WHITE_LABEL)

    answer = operator().post(
        f"/admin/platform_core/tenantplan/{plan.pk}/change/",
        {
            **{name: value for name, value in model_to_dict(plan).items() if value is not None},
            "features": json.dumps({**plan.features, "white_label": True}),
            "max_products": "7",
            "reason": WHY,
        },
    )

    assert answer.status_code == 302, answer.content.decode()
    terms = directory.by_id(acme.id).plan_terms
    assert (terms.includes(Feature.WHITE_LABEL), terms.of(Limited.PRODUCTS)) == (True, 7)
    assert told == ["plan:premium"]


@pytest.mark.parametrize("role", [PlatformRole.SUPPORT, PlatformRole.DEVELOPER])
def test_support_and_developers_see_money_and_change_none(acme: TenantInfo, role: PlatformRole) -> None:
    bill, browser = invoice(acme), operator(role)
    coupon = PlanCoupon.objects.create(code="SPRING", kind="percentage", value=20)
    setting = PlatformSetting.objects.create(key="billing.seller", value={})
    page = browser.get(f"/admin/platform_core/billinginvoice/{bill.pk}/change/").content.decode()

    assert ("Basic, March" in page, "$119.00" in page, "/credit/" in page) == (True, True, False)
    assert browser.get(f"/admin/platform_core/billinginvoice/{bill.pk}/paper.pdf").content.startswith(b"%PDF")
    for path in (
        f"billinginvoice/{bill.pk}/credit/",
        f"billinginvoice/{bill.pk}/paid/",
        f"plancoupon/{coupon.pk}/stop/",
        "plancoupon/add/",
        f"platformsetting/{setting.pk}/change/",
        f"tenant/{acme.id}/move/",
    ):
        answer = browser.post(f"/admin/platform_core/{path}", {"reason": WHY, "amount": "1", "on": "2026-03-02"})
        assert answer.status_code == 403, path
    bill.refresh_from_db()
    assert (bill.status, bill.credited_amount, PlanCoupon.objects.get().is_active) == ("pending", 0, True)


def test_developers_and_people_of_shops_do_nothing_to_shops(acme: TenantInfo) -> None:
    viewer = platform_browser()
    person = make_user("viewer@acme.example")
    let_in(person, acme, AccessRole.VIEWER)
    log_in(viewer, person)

    assert operator(PlatformRole.DEVELOPER).post(shop(acme, "suspend"), {"reason": WHY}).status_code == 403
    assert viewer.post(shop(acme, "suspend"), {"reason": WHY}).status_code == 302
    assert viewer.get("/admin/platform_core/billinginvoice/").status_code == 302
    assert Tenant.objects.get().status == "active"


def test_a_part_is_taken_back_once_by_two_operators_or_two_presses_of_the_button(acme: TenantInfo) -> None:
    bill, browser = invoice(acme), operator()
    page = f"/admin/platform_core/billinginvoice/{bill.pk}/credit/"
    form = {"amount": "19.00", "left": "119.00", "reason": WHY}

    assert '<input type="hidden" name="left" value="119.00"' in browser.get(page).content.decode()
    answers = [browser.post(page, form) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 409]
    assert "$100.00 are left. Look at it again first." in answers[1].content.decode()
    assert BillingInvoice.objects.get(kind="credit").total_amount == Decimal("-19.000")
    bill.refresh_from_db()
    assert bill.credited_amount == 19


def test_an_invoice_is_taken_back_in_part_and_paid_and_never_edited(acme: TenantInfo) -> None:
    bill, browser = invoice(acme), operator()
    page = f"/admin/platform_core/billinginvoice/{bill.pk}"

    assert browser.post(f"{page}/credit/", {"amount": "119.01", "reason": WHY}).status_code == 409
    assert BillingInvoice.objects.count() == 1
    assert browser.post(f"{page}/credit/", {"amount": "19.00", "reason": WHY}).status_code == 302
    note = BillingInvoice.objects.get(kind="credit")
    assert (note.total_amount, note.reason, note.corrects) == (Decimal("-19.000"), WHY, bill)
    assert entries("credit_invoice") == [(OPERATOR, None)]

    tomorrow = timezone.now().date() + timedelta(days=2)
    assert browser.post(f"{page}/paid/", {"on": str(tomorrow), "reason": WHY}).status_code == 422
    assert browser.post(f"{page}/paid/", {"on": "2026-03-04", "reference": "SEPA 1", "reason": WHY}).status_code == 302
    bill.refresh_from_db()
    assert (bill.status, bill.paid_date, bill.external_payment_id) == ("paid", date(2026, 3, 4), "SEPA 1")
    assert entries("mark_invoice_paid") == [(OPERATOR, WHY)]
    for word in ("change", "delete"):
        assert browser.post(f"{page}/{word}/", {"post": "yes", "total_amount": "1"}).status_code == 403


def test_a_coupon_is_made_and_stopped_and_its_terms_stay(platform: None) -> None:
    browser = operator()
    form = {"code": "spring", "kind": "percentage", "value": "20", "currency": "USD", "periods": "3",
            "plans": "basic", "most_per_person": "1"}  # fmt: skip
    add = "/admin/platform_core/plancoupon/add/"

    assert browser.post(add, {**form, "plans": "gold"}).status_code == 200
    assert browser.post(add, {**form, "value": "101"}).status_code == 200
    assert not PlanCoupon.objects.exists()
    assert browser.post(add, form).status_code == 302
    coupon = PlanCoupon.objects.get()
    assert (coupon.code, coupon.value, coupon.periods, coupon.plans) == ("SPRING", Decimal(20), 3, ["basic"])
    page = f"/admin/platform_core/plancoupon/{coupon.pk}"
    assert browser.post(f"{page}/change/", {**form, "value": "90"}).status_code == 403
    assert browser.post(f"{page}/stop/", {"reason": WHY}).status_code == 302

    coupon.refresh_from_db()
    assert (coupon.is_active, coupon.value) == (False, Decimal(20))
    assert (entries("add_plancoupon"), entries("stop_coupon")) == ([(OPERATOR, None)], [(OPERATOR, WHY)])


def test_a_setting_is_changed_and_its_old_value_kept_in_the_audit_log(platform: None) -> None:
    setting, browser = PlatformSetting.objects.create(key="billing.seller", value={"lines": ["A"]}), operator()
    page = f"/admin/platform_core/platformsetting/{setting.pk}"

    form = {"key": "other", "value": '{"lines": ["B"]}'}
    assert browser.post(f"{page}/change/", form).status_code == 200
    setting.refresh_from_db()
    assert setting.value == {"lines": ["A"]}
    assert browser.post(f"{page}/change/", {**form, "reason": WHY}).status_code == 302
    setting.refresh_from_db()
    assert (setting.key, setting.value) == ("billing.seller", {"lines": ["B"]})
    assert browser.post(f"{page}/delete/", {"post": "yes"}).status_code == 403
    with platform_scope():
        entry = AuditLog.objects.get(action="change_platformsetting")
    assert (entry.old_values, entry.new_values) == ({"value": {"lines": ["A"]}}, {"value": {"lines": ["B"]}})
    assert entry.metadata["reason"] == WHY


def test_a_shops_page_says_how_it_fares_in_as_many_statements_whatever_it_has(acme: TenantInfo) -> None:
    browser = operator(PlatformRole.SUPPORT)
    browser.get(shop(acme, "change"))
    with StatementCount() as before:
        page = browser.get(shop(acme, "change")).content.decode()
    for number in range(3):
        Backup.objects.create(
            kind="shop", tenant_id=acme.id, slug="acme", server="primary", database_name="x", location=f"{number}",
            state="complete", finished_at=timezone.now(), dump_sha256="0" * 64,
        )  # fmt: skip
    with StatementCount() as after:
        again_page = browser.get(shop(acme, "change")).content.decode()

    assert before.count == after.count <= 36
    for said in ("none yet", "on primary, epoch 1", "Size", "Connections", "of 1,000", "Log in as one of its people"):
        assert said in page, said
    assert "none yet" not in again_page
    assert shop(acme, "move") not in page
    assert PlatformUser.objects.get().email == OPERATOR
