"""Telling a merchant that the register does not know the tax id."""

from platform_core.billing.tax_ids.models import TaxIdCheck, TaxIdState
from platform_core.mails.models import PlatformMail
from platform_core.mails.promise import promise_mail
from platform_core.mails.send import WRITERS
from platform_core.tenancy.hosts import shop_url
from platform_core.tenants.models import Tenant
from smartseller.letter import Letter

TOPIC = "billing.tax_id_refused"


def tell_refused(check: TaxIdCheck) -> None:
    """Promise the mail in the caller's transaction, once a day at most. Two statements."""
    key = f"{check.tenant_id} {check.tax_id} {check.checked_at:%Y-%m-%d}"
    promise_mail(TOPIC, key, tenant_id=check.tenant_id, payload={"tax_id": check.tax_id})


def write(mail: PlatformMail, tenant: Tenant) -> Letter | None:
    """None when it is another id by now, or was confirmed."""
    tax_id = mail.payload["tax_id"]
    check = TaxIdCheck.objects.filter(tenant=tenant, tax_id=tax_id, state=TaxIdState.REFUSED).first()
    if check is None:
        return None
    return Letter(
        title=f"The tax id {tax_id} is not known",
        paragraphs=(
            f"{check.checked_by} says that it is no valid tax id. Until it is, your bills have tax on them.",
            "If it was written wrongly, correct it; if it is new, its register may need some days.",
        ),
        button="See your bills' address",
        path=shop_url(tenant.slug, "/admin/plan/details/"),
    )


WRITERS[TOPIC] = write
