"""Bringing the demo gateway's late results: a worker plays the postman."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from platform_core.tenancy.tasks import TenantTask
from tenant_shop.payments.ask import attempt_of
from tenant_shop.payments.gateways.demo import DELIVER, DemoGateway
from tenant_shop.payments.gateways.demo_messages import sign_message, write_message
from tenant_shop.payments.gateways.protocol import Outcome
from tenant_shop.payments.models import Payment
from tenant_shop.payments.receive import receive


def deliver_demo_message(payment_id: UUID, *, times: int) -> None:
    """Tell `times` times, in signed messages, how the payment stands now; nothing of one that was given up."""
    payment = Payment.objects.select_related("order").get(pk=payment_id)
    report, now = DemoGateway().read(attempt_of(payment, payment.order)), timezone.now()
    if report.outcome is Outcome.DROPPED:
        return
    message_id = report.event_id or f"{report.reference}.{report.outcome}"
    body = write_message(report, payment_id=str(payment.pk), amount=payment.amount, currency=payment.currency, at=now)
    for _ in range(times):
        receive(DemoGateway.code, sign_message(body, message_id=message_id, at=now), body)


@shared_task(base=TenantTask, name=DELIVER)  # type: ignore[untyped-decorator]
def deliver_demo_message_task(payment_id: str, times: int) -> None:
    deliver_demo_message(UUID(payment_id), times=times)
