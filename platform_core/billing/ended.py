"""What merchants are told when their shop is closed for good: until when, and where, they can take it along."""

from django.conf import settings

from platform_core.billing.models import TenantSubscription
from platform_core.mails.models import PlatformMail
from platform_core.mails.promise import promise_mail
from platform_core.mails.send import WRITERS
from platform_core.tenancy.hosts import platform_url
from platform_core.tenants.models import Tenant
from smartseller.letter import Letter

TOPIC = "billing.ended"
BUTTON, PATH = "Take your data along", "/shops/"


def tell_ended(subscription: TenantSubscription) -> bool:
    """Promise the mail that a subscription has ended as its merchant wished, in the caller's transaction; False when it
    was promised before."""
    return promise_mail(TOPIC, str(subscription.pk), tenant_id=subscription.tenant_id, payload={})


def kept_for() -> str:
    """How long the data of a shop that is closed for good wait for its owners, in a sentence."""
    days = settings.EXPORT_WINDOW_DAYS
    return (
        f"The shop's data are kept for {days} days: until then its owners can have an archive of everything made, and"
        " download it, on the page Your shops."
    )


def write(mail: PlatformMail, tenant: Tenant) -> Letter:
    return Letter(
        title=f"{tenant.name} is closed, as you wished",
        paragraphs=("Your plan has ended, and nothing more is billed.", kept_for()),
        button=BUTTON,
        path=platform_url(PATH),
        note="Bills that are still open stay due.",
    )


WRITERS[TOPIC] = write
