"""What the shop's owners are written about an endpoint: that it fails, and that it is switched off."""

from uuid import UUID

from celery import shared_task
from django.core.mail import EmailMultiAlternatives
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from platform_core.accounts.models import AccessRole, TenantAccess
from platform_core.accounts.staff.seats import LIVE
from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.hosts import shop_url
from platform_core.tenancy.tasks import TenantTask
from smartseller.letter import Letter
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.integrations.models import OutboxEvent, Webhook
from tenant_shop.integrations.webhooks.schedule import SWITCH_OFF_AFTER
from tenant_shop.mails.letterhead import letterhead
from tenant_shop.mails.promise import promise_mail
from tenant_shop.mails.send import send_due, send_promised

TOPIC = "mail.webhook_news"


class News(models.TextChoices):
    """What a mail tells."""

    FAILING = "failing"
    SWITCHED_OFF = "switched_off"
    GONE = "gone"


def tell_owners(webhook: Webhook, news: News) -> None:
    """Have each owner written to once the caller has committed; the shop's own address where there is none."""
    people = TenantAccess.objects.filter(LIVE, tenant=current_tenant().id, role=AccessRole.OWNER)
    addresses = list(people.order_by("platform_user__email").values_list("platform_user__email", flat=True))
    for address in addresses or [shop_settings().store_email]:
        payload = {"webhook_id": str(webhook.pk), "news": news.value, "to": address}
        promise_mail(TOPIC, payload, task=send_news_task)


def send_news(event_id: UUID) -> bool:
    """Send the mail of an outbox event, unless it was sent; whether it was sent now."""
    return send_promised(event_id, compose)


def compose(event: OutboxEvent) -> EmailMultiAlternatives | None:
    """The mail in the shop's own language; None when the endpoint was removed, or works again, meanwhile."""
    news = News(event.payload["news"])
    webhook = Webhook.objects.filter(pk=event.payload["webhook_id"]).first()
    if webhook is None or (webhook.failing_since is None if news is News.FAILING else webhook.is_active):
        return None
    with letterhead("") as head:
        words = _letter(webhook, news)
        subject = _("%(shop)s: %(title)s") % {"shop": head.name, "title": words.title}
        context = {"letter": words, "url": shop_url(current_tenant().slug, words.path)}
        return head.write(event, "letter", to=event.payload["to"], subject=subject, context=context)


def _letter(webhook: Webhook, news: News) -> Letter:
    facts = {"name": webhook.name, "days": SWITCH_OFF_AFTER.days}
    path, button = f"/admin/settings/webhooks/{webhook.pk}/", _("See the webhook")
    kept = _("What it missed is kept for 30 days. Once it works, switch it on and send that again.")
    match news:
        case News.FAILING:
            return Letter(
                title=_("The webhook %(name)s has failed for a day") % facts,
                paragraphs=(
                    _("Nothing that was sent to %(name)s for a day was accepted.") % facts,
                    _("We go on trying. If it still fails after %(days)s days, it is switched off.") % facts,
                ),
                button=button,
                path=path,
            )
        case News.SWITCHED_OFF:
            return Letter(
                title=_("The webhook %(name)s is switched off") % facts,
                paragraphs=(_("It has failed for %(days)s days.") % facts, kept),
                button=button,
                path=path,
            )
        case News.GONE:
            return Letter(
                title=_("The webhook %(name)s is switched off") % facts,
                paragraphs=(_("Its receiver answered that it is gone for good (410)."), kept),
                button=button,
                path=path,
            )


@shared_task(base=TenantTask, name="integrations.send_news")  # type: ignore[untyped-decorator]
def send_news_task(event_id: str) -> None:
    send_news(UUID(event_id))


@shared_task(base=TenantTask, name="integrations.send_all_news")  # type: ignore[untyped-decorator]
def send_all_news_task() -> None:
    send_due(TOPIC, send_news, at=timezone.now())
