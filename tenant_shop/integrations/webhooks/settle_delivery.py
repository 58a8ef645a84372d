"""Writing down what came of attempts, and what follows for the endpoints."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.integrations.models import Webhook, WebhookDelivery
from tenant_shop.integrations.webhooks import tell_owners
from tenant_shop.integrations.webhooks.schedule import SWITCH_OFF_AFTER, WARN_AFTER, delay_after, pause_after
from tenant_shop.integrations.webhooks.switch import switch_off_locked
from tenant_shop.integrations.webhooks.transport import Answer

GONE = 410
# Attempts of a delivery that its log keeps.
MOST_LOGGED = 20
ENTERED = ("state", "next_attempt_at", "response_status", "response_body", "error", "milliseconds", "log")

State = WebhookDelivery.State


def settle_deliveries(answered: Sequence[tuple[WebhookDelivery, Answer]], *, at: datetime) -> None:
    """Enter the answers to attempts that ended by that moment, in one transaction.

    Delivered once it was answered with 2xx, and then for good. Otherwise it is tried again after the schedule, or
    given up; the endpoint is left alone for a while after failures in a row, its owners are told when it has failed for
    a day, and it is switched off after five, or at once when it says that it is gone (410). What was sent for an
    endpoint that was removed meanwhile, or a delivery that another process has finished, is passed over. Each
    delivery's `webhook` is as it was when the attempt began.
    """
    answers = {delivery.pk: answer for delivery, answer in answered}
    known = {delivery.pk: delivery.webhook.failure_count for delivery, _ in answered}
    with shop_transaction():
        # The endpoints first: whoever changes them goes this way, too.
        locked = Webhook.objects.select_for_update(no_key=True).filter(pk__in={each.webhook_id for each, _ in answered})
        webhooks = {webhook.pk: webhook for webhook in locked.order_by("pk")}
        rows = WebhookDelivery.objects.select_for_update(no_key=True).filter(pk__in=answers).order_by("pk")
        open_ones = [row for row in rows if row.webhook_id in webhooks and row.state != State.DELIVERED]
        accepted = [row for row in open_ones if answers[row.pk].is_success]
        _accept(accepted, answers, webhooks, at=at)
        for row in open_ones:
            if not answers[row.pk].is_success:
                _fail(webhooks[row.webhook_id], row, answers[row.pk], known_failures=known[row.pk], at=at)


def _accept(
    accepted: list[WebhookDelivery], answers: Mapping[UUID, Answer], webhooks: Mapping[UUID, Webhook], *, at: datetime
) -> None:
    """Two statements for an endpoint, however many it took."""
    for row in accepted:
        _enter(row, answers[row.pk], at=at)
        row.state, row.next_attempt_at, row.delivered_at = State.DELIVERED, None, at
    WebhookDelivery.objects.bulk_update(accepted, [*ENTERED, "delivered_at"])
    for pk in {row.webhook_id for row in accepted}:
        webhook = webhooks[pk]
        webhook.last_success_at, webhook.failure_count = at, 0
        webhook.failing_since = webhook.paused_until = webhook.warned_at = None
        webhook.save(update_fields=["last_success_at", "failure_count", "failing_since", "paused_until", "warned_at"])


def _fail(webhook: Webhook, delivery: WebhookDelivery, answer: Answer, *, known_failures: int, at: datetime) -> None:
    """`known_failures` is how many in a row were known of the endpoint when the attempt began. Some are under way at
    once: those that began before the first of them failed say nothing new, or one breath of a receiver would count as
    eight failures in a row, and have it left alone for minutes.
    """
    delay = delay_after(delivery.attempts, retries=webhook.retry_count, asked_for=answer.retry_after)
    is_over = delay is None or answer.status == GONE or not webhook.is_active
    _enter(delivery, answer, at=at)
    delivery.state = State.FAILED if is_over else State.WAITING
    delivery.next_attempt_at = None if is_over or delay is None else at + delay
    delivery.save(update_fields=ENTERED)
    if webhook.failure_count == known_failures:
        webhook.failure_count += 1
    webhook.last_failure_at = at
    webhook.failing_since = webhook.failing_since or at
    pause = pause_after(webhook.failure_count)
    if answer.retry_after is not None and answer.status in (429, 503):
        # It has asked to be left alone, with everything.
        pause = max(pause or timedelta(0), min(answer.retry_after, timedelta(hours=1)))
    if pause is not None:
        # What was under way when it asked to be left alone does not take that back.
        webhook.paused_until = max(webhook.paused_until or at, at + pause)
    webhook.save(update_fields=["failure_count", "last_failure_at", "failing_since", "paused_until"])
    if not webhook.is_active:
        return
    failing = at - webhook.failing_since
    if answer.status == GONE:
        switch_off_locked(webhook, Webhook.Off.GONE)
        tell_owners.tell_owners(webhook, tell_owners.News.GONE)
    elif failing >= SWITCH_OFF_AFTER and webhook.warned_at is not None:
        switch_off_locked(webhook, Webhook.Off.FAILING)
        tell_owners.tell_owners(webhook, tell_owners.News.SWITCHED_OFF)
    elif failing >= WARN_AFTER and webhook.warned_at is None:
        Webhook.objects.filter(pk=webhook.pk).update(warned_at=at)
        tell_owners.tell_owners(webhook, tell_owners.News.FAILING)


def _enter(delivery: WebhookDelivery, answer: Answer, *, at: datetime) -> None:
    entry = {
        "at": at.isoformat(timespec="seconds"),
        "status": answer.status,
        "error": answer.error,
        "milliseconds": answer.milliseconds,
    }
    delivery.response_status, delivery.response_body = answer.status, answer.body
    delivery.error, delivery.milliseconds = answer.error[:300], answer.milliseconds
    delivery.log = [*delivery.log, entry][-MOST_LOGGED:]
