"""The mail that invites somebody to the shop's people."""

from datetime import datetime, timedelta
from uuid import UUID

from celery import shared_task
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from platform_core.accounts.staff.accept import invitation_token
from platform_core.accounts.staff.invite import note_sent
from platform_core.accounts.staff.models import TenantInvitation
from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.hosts import shop_url
from platform_core.tenancy.tasks import TenantTask
from smartseller.formats import number
from smartseller.letter import Letter
from tenant_shop.integrations.lease import finish_event
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.mails.letterhead import letterhead
from tenant_shop.mails.promise import promise_mail
from tenant_shop.mails.send import send_due, send_promised

TOPIC = "mail.staff_invitation"
# Whoever invited may still be on the way from one database to the other.
A_MOMENT = timedelta(minutes=5)


def promise_invitation(invitation: TenantInvitation) -> None:
    """Have the newest link of the invitation mailed. One statement."""
    promise_mail(TOPIC, {"invitation_id": str(invitation.pk), "key": invitation.key}, task=send_invitation_task)


def send_invitation(event_id: UUID) -> bool:
    """Send the mail of an outbox event, unless it was sent; whether it was sent now."""
    return send_promised(event_id, compose, finish=_finish)


def send_invitations(now: datetime) -> int:
    """Send the mails that are still due at `now`, the forgotten too; how many were sent."""
    promise_missing(now)
    return send_due(TOPIC, send_invitation, at=now)


def promise_missing(now: datetime) -> int:
    """Promise the mails of invitations that were made, and then the process died; how many."""
    unsent = TenantInvitation.objects.filter(tenant=current_tenant().id, sent_at=None, created_at__lt=now - A_MOMENT)
    missing = [
        invitation
        for invitation in unsent.open()
        if not OutboxEvent.objects.filter(topic=TOPIC, delivered_at=None, payload__key=invitation.key).exists()
    ]
    for invitation in missing:
        promise_invitation(invitation)
    return len(missing)


def compose(event: OutboxEvent) -> EmailMultiAlternatives | None:
    """The mail in the shop's own language; None once the link of the event opens nothing any more."""
    invitation = _open(event)
    if invitation is None:
        return None
    inviter = invitation.invited_by
    with letterhead("") as head:
        days = TenantInvitation.GOOD_FOR.days
        words = Letter(
            title=_("Work at %(shop)s") % {"shop": head.name},
            paragraphs=(
                _("%(inviter)s invites you to the back office of %(shop)s.")
                % {"inviter": inviter.full_name if inviter else "SmartSeller", "shop": head.name},
            ),
            button=_("See the invitation"),
            note=ngettext(
                "The link works once, for %(number)s day. If you know nothing of this, ignore this mail.",
                "The link works once, for %(number)s days. If you know nothing of this, ignore this mail.",
                days,
            )
            % {"number": number(days)},
        )
        # Staff work on the platform's host, whatever the shop's own domain.
        url = shop_url(current_tenant().slug, f"/join/{invitation_token(invitation)}/")
        return head.write(
            event,
            "letter",
            to=invitation.email,
            subject=_("%(shop)s: %(title)s") % {"shop": head.name, "title": words.title},
            context={"letter": words, "url": url},
        )


def _open(event: OutboxEvent) -> TenantInvitation | None:
    rows = TenantInvitation.objects.filter(pk=event.payload["invitation_id"], key=event.payload["key"])
    found: TenantInvitation | None = rows.filter(tenant=current_tenant().id).open().select_related("invited_by").first()
    return found


def _finish(event: OutboxEvent) -> None:
    invitation = _open(event)
    if invitation is not None:
        note_sent(invitation)
    finish_event(event)


@shared_task(base=TenantTask, name="staff.send_invitation")  # type: ignore[untyped-decorator]
def send_invitation_task(event_id: str) -> None:
    send_invitation(UUID(event_id))


@shared_task(base=TenantTask, name="staff.send_invitations")  # type: ignore[untyped-decorator]
def send_invitations_task() -> None:
    send_invitations(timezone.now())
