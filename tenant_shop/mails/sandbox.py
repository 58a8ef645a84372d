"""No mail leaves a sandbox but to the people who may enter it."""

import logging

from django.core.mail import EmailMultiAlternatives
from django.db.models import Q
from django.utils import timezone

from platform_core.accounts.models import TenantAccess
from platform_core.tenancy.context import current_tenant

logger = logging.getLogger(__name__)


def fenced(mail: EmailMultiAlternatives) -> EmailMultiAlternatives | None:
    """The mail as it may leave: as it is from a shop, to its people only from a sandbox; None when nobody is left.

    No statement in a shop, one in a sandbox.
    """
    tenant = current_tenant()
    if not tenant.is_sandbox:
        return mail
    live = Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now())
    found = TenantAccess.objects.filter(live, tenant=tenant.id, is_active=True, platform_user__is_active=True)
    people = {email.lower() for email in found.values_list("platform_user__email", flat=True)}
    for field in ("to", "cc", "bcc"):
        setattr(mail, field, [address for address in getattr(mail, field) if address.lower() in people])
    if not mail.recipients():
        logger.info("a mail stays in the sandbox: nobody of its people was to get it")
        return None
    mail.subject = f"[Sandbox] {mail.subject}"
    return mail
