"""Telling merchants that the proof of a domain is gone, while there is time, and that the domain was let go."""

from datetime import datetime, timedelta
from enum import StrEnum

from platform_core.mails.models import PlatformMail
from platform_core.mails.promise import promise_mail
from platform_core.mails.send import WRITERS
from platform_core.tenancy.domains.look_up import record_name, record_text
from platform_core.tenancy.domains.models import DomainState, TenantDomain
from platform_core.tenancy.hosts import shop_url
from platform_core.tenants.models import Tenant
from smartseller.letter import Letter

# A zone that is being moved from one house to another may be gone for some days.
GONE_FOR = timedelta(days=7)


class Topic(StrEnum):
    FAILING = "domains.failing"
    LOST = "domains.lost"


def tell(topic: Topic, claim: TenantDomain, *, at: datetime) -> None:
    """Promise the mail in the caller's transaction, once for each time that a proof is gone. Two statements."""
    promise_mail(topic, f"{claim.pk} {at:%Y-%m-%dT%H:%M}", tenant_id=claim.tenant_id, payload={"claim": str(claim.pk)})


def write(mail: PlatformMail, tenant: Tenant) -> Letter | None:
    """None when it is no longer so, or the domain was given up."""
    claim = TenantDomain.objects.filter(pk=mail.payload["claim"]).first()
    if claim is None or (Topic(mail.topic) is Topic.LOST) != (claim.state == DomainState.LOST):
        return None
    record = f"Its record is TXT at {record_name(claim.domain)}: {record_text(claim)}"
    if claim.state == DomainState.LOST:
        title = f"{claim.domain} does not lead to {tenant.name} any more"
        paragraphs: tuple[str, ...] = (
            "Its record was gone for a week, so the shop was taken off the domain, and whoever proves it next may have"
            " it. The shop answers at its address here.",
            f"To have the domain back, add the record again. {record}",
        )
    elif claim.failing_since is None:
        return None
    else:
        title = f"The record of {claim.domain} is gone"
        paragraphs = (
            f"{claim.problem} The shop goes on answering there until {claim.failing_since + GONE_FOR:%-d %B %Y}.",
            f"Add the record again before that day. {record}",
        )
    return Letter(
        title=title, paragraphs=paragraphs, button="See your domains", path=shop_url(tenant.slug, "/admin/domains/")
    )


WRITERS.update(dict.fromkeys(Topic, write))
