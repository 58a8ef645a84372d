"""Bringing the demo gateway's late results: a worker plays the postman."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from platform_core.tenancy.tasks import TenantTask
from tenant_shop.payments.gateways.demo import DELIVER, DemoGateway, captured
from tenant_shop.payments.gateways.demo_messages import sign_message, write_message
from tenant_shop.payments.models import Payment
from tenant_shop.payments.receive import receive


def deliver_demo_message(payment_id: UUID, *, times: int) -> None:
    """Tell `times` times, in signed messages, that the payment was taken."""
    payment = Payment.objects.get(pk=payment_id)
    report, now = captured(payment.gateway_reference or f"demo_{payment_id.hex}"), timezone.now()
    body = write_message(report, payment_id=str(payment.pk), amount=payment.amount, currency=payment.currency, at=now)
    for _ in range(times):
        receive(DemoGateway.code, sign_message(body, message_id=str(report.event_id), at=now), body)


@shared_task(base=TenantTask, name=DELIVER)  # type: ignore[untyped-decorator]
def deliver_demo_message_task(payment_id: str, times: int) -> None:
    deliver_demo_message(UUID(payment_id), times=times)
