"""What customers leave behind: links that nobody followed, browsers that did not come back, mails that were sent.
And accounts whose old mailbox did not answer.
"""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from platform_core.tenancy.tasks import TenantTask
from tenant_shop.customers.move_email import move_silent_accounts
from tenant_shop.customers.sessions import forget_sessions
from tenant_shop.customers.tokens import forget_expired
from tenant_shop.integrations.forget import forget_events

# Of every kind: what they say, and why one could not be sent, names people and where they live.
MAILS = "mail."
MAILS_KEPT_FOR = timedelta(days=30)


@shared_task(base=TenantTask, name="customers.upkeep")  # type: ignore[untyped-decorator]
def upkeep_task() -> None:
    now = timezone.now()
    move_silent_accounts(now)
    forget_expired(now)
    forget_sessions(now)
    forget_events(MAILS, before=now - MAILS_KEPT_FOR)
