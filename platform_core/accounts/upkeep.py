"""Forgetting what of log-ins is over."""

from datetime import datetime

from celery import shared_task
from django.utils import timezone

from platform_core.accounts.mailbox.links import forget_links
from platform_core.accounts.networks import forget_networks
from platform_core.accounts.sessions.end import forget_sessions


def forget_over(now: datetime) -> int:
    """Delete sessions that nobody came back to, links that nobody followed and counts of networks; how many rows."""
    return forget_sessions(now) + forget_links(now) + forget_networks(now)


@shared_task(name="accounts.forget_over")  # type: ignore[untyped-decorator]
def forget_over_task() -> None:
    forget_over(timezone.now())
