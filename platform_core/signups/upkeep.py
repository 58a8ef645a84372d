"""Forgetting the shops that nobody confirmed."""

from celery import shared_task
from django.utils import timezone

from platform_core.signups.confirm import forget_sign_ups


@shared_task(name="signups.forget_over")  # type: ignore[untyped-decorator]
def forget_over_task() -> None:
    forget_sign_ups(timezone.now())
