"""What the merchant is written about companies: that one waits, and that nobody could confirm its tax id."""

from datetime import datetime
from uuid import UUID

from celery import shared_task
from django.core.mail import EmailMultiAlternatives
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.hosts import shop_url
from platform_core.tenancy.tasks import TenantTask
from smartseller.letter import Letter
from tenant_shop.companies.models import Company
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.mails.letterhead import letterhead
from tenant_shop.mails.promise import promise_mail
from tenant_shop.mails.send import send_due, send_promised

TOPIC = "mail.company_news"


class News(models.TextChoices):
    """What a mail tells."""

    WAITS = "waits"
    TAX_ID_REFUSED = "tax_id_refused"
    TAX_ID_OPEN = "tax_id_open"  # the register stays silent


def tell_merchant(company: Company, news: News) -> None:
    """Have the shop's own address written to once the caller has committed. One statement."""
    payload = {"company_id": str(company.pk), "news": news.value, "tax_id": company.tax_id}
    promise_mail(TOPIC, payload, task=send_news_task)


def send_news(event_id: UUID) -> bool:
    """Send the mail of an outbox event, unless it was sent; whether it was sent now.

    What is no news any more when it comes to it, because somebody has decided or the id is another one, is not told.
    """
    return send_promised(event_id, compose)


def send_all_news(now: datetime) -> int:
    """Send the mails that are still due at `now`; how many were sent."""
    return send_due(TOPIC, send_news, at=now)


def compose(event: OutboxEvent) -> EmailMultiAlternatives | None:
    """The mail in the shop's own language, with the way to the company in the back office."""
    news = News(event.payload["news"])
    company = Company.objects.filter(pk=event.payload["company_id"]).first()
    if company is None or not _is_news(company, news, event.payload["tax_id"]):
        return None
    with letterhead("") as head:
        words = _letter(company, news)
        subject = _("%(shop)s: %(title)s") % {"shop": head.name, "title": words.title}
        context = {"letter": words, "url": shop_url(current_tenant().slug, words.path)}
        return head.write(event, "letter", to=head.shop.store_email, subject=subject, context=context)


def _is_news(company: Company, news: News, tax_id: str) -> bool:
    match news:
        case News.WAITS:
            return company.status == Company.Status.PENDING
        case News.TAX_ID_REFUSED:
            return company.tax_id == tax_id and company.tax_id_state == Company.TaxIdState.REFUSED
        case News.TAX_ID_OPEN:
            return company.tax_id == tax_id and company.tax_id_state == Company.TaxIdState.FORMAT_OK


def _letter(company: Company, news: News) -> Letter:
    path, button = f"/admin/tenant_shop/company/{company.pk}/change/", _("See the company")
    facts = {"company": company.name, "tax_id": company.tax_id}
    match news:
        case News.WAITS:
            return Letter(
                title=_("A company waits for you: %(company)s") % facts,
                paragraphs=(
                    _("%(company)s would like to buy in your shop on a company account.") % facts,
                    *((_("Its tax id is %(tax_id)s.") % facts,) if company.tax_id else ()),
                    _("Until you approve it or turn it down, its people order for themselves."),
                ),
                button=button,
                path=path,
            )
        case News.TAX_ID_REFUSED:
            return Letter(
                title=_("The tax id of %(company)s is not known") % facts,
                paragraphs=(
                    _("The register does not know the tax id %(tax_id)s of %(company)s.") % facts,
                    _("It pays the tax as everybody does until you or the register confirm an id."),
                ),
                button=button,
                path=path,
            )
        case News.TAX_ID_OPEN:
            return Letter(
                title=_("The tax id of %(company)s could not be confirmed") % facts,
                paragraphs=(
                    _("The register has not answered about the tax id %(tax_id)s of %(company)s.") % facts,
                    _("We ask it again every night. You can also confirm the id yourself."),
                ),
                button=button,
                path=path,
            )


@shared_task(base=TenantTask, name="companies.send_news")  # type: ignore[untyped-decorator]
def send_news_task(event_id: str) -> None:
    send_news(UUID(event_id))


@shared_task(base=TenantTask, name="companies.send_all_news")  # type: ignore[untyped-decorator]
def send_all_news_task() -> None:
    send_all_news(timezone.now())
