"""What gateways and registers said of merchants, for every operator to look at."""

from collections.abc import Callable
from datetime import date

import pytest
from django.utils import timezone

from platform_core.accounts.models import PlatformRole
from platform_core.billing.cards.models import CardCharge, CardRefund
from platform_core.billing.models import BillingInvoice
from platform_core.billing.tax_ids.models import TaxIdCheck
from platform_core.tenancy.context import TenantInfo
from tests.people import log_in, make_user, platform_browser
from tests.statements import StatementCount

pytestmark = pytest.mark.usefixtures("platform")
PAGES = ("cardcharge", "cardrefund", "taxidcheck")


def a_merchant(shop: TenantInfo, number: int) -> None:
    """Whose card did not take back what a credit note says, and whose tax id no register knows."""
    facts = {
        "tenant_id": shop.id, "currency": "USD", "issued_date": date(2026, 3, 1), "due_date": date(2026, 3, 15),
    }  # fmt: skip
    bill = BillingInvoice.objects.create(
        invoice_number=f"SS-2026-{number:06}", subtotal=100, total_amount=100, line_items=[], **facts
    )
    note = BillingInvoice.objects.create(
        invoice_number=f"SSC-2026-{number:06}", kind="credit", corrects=bill, subtotal=-100, total_amount=-100,
        line_items=[], **facts,
    )  # fmt: skip
    asked = {"amount": 100, "currency": "USD", "day": date(2026, 3, 2), "settled_at": timezone.now()}
    charge = CardCharge.objects.create(
        invoice=bill, customer="c", method="m", card="visa 4242", state="succeeded", **asked
    )
    CardRefund.objects.create(note=note, charge=charge, state="failed", reason="expired_card", **asked)
    TaxIdCheck.objects.create(
        tenant_id=shop.id, tax_id=f"DE00000000{number}", state="refused", checked_at=timezone.now(), checked_by="VIES",
        note="<b>not known</b>",
    )  # fmt: skip


def test_charges_refunds_and_tax_ids_are_listed_in_as_many_statements_as_for_one_and_changed_by_nobody(
    make_shop: Callable[..., TenantInfo],
) -> None:
    browser = platform_browser()
    log_in(browser, make_user("op@smartseller.example", role=PlatformRole.SUPER_ADMIN))
    a_merchant(make_shop("acme"), 1)
    counts, told = [], ""
    for slug in ("bolt", "cog"):
        for page in PAGES:
            browser.get(f"/admin/platform_core/{page}/")
            with StatementCount() as counted:
                told += browser.get(f"/admin/platform_core/{page}/").content.decode()
            counts.append(counted.count)
        a_merchant(make_shop(slug), 2 if slug == "bolt" else 3)

    assert counts[:3] == counts[3:]
    for said in ("SS-2026-000001</a>", "SSC-2026-000002</a>", "expired card", "$100.00", "visa 4242", "DE000000002"):
        assert said in told, said
    assert "<b>not known</b>" not in told
    for row in (CardCharge.objects.all()[0], CardRefund.objects.all()[0], TaxIdCheck.objects.all()[0]):
        page = f"/admin/platform_core/{row._meta.model_name}/"
        shown = browser.get(f"{page}{row.pk}/change/")
        # What lists show as a badge is a word here, not how Python writes a pair.
        assert (shown.status_code, "(&#x27;" in shown.content.decode()) == (200, False)
        assert browser.post(f"{page}{row.pk}/change/", {"state": "succeeded"}).status_code == 403
        assert browser.post(f"{page}add/", {}).status_code == 403
    assert f'<a class="text-link" href="/admin/platform_core/tenant/{row.tenant_id}/change/">' in shown.content.decode()
