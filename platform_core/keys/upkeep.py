"""What programs leave behind: answers whose day is over, and keys that open nothing."""

from datetime import datetime, timedelta
from functools import partial

from celery import shared_task
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from platform_core.keys.models import UserCall, UserKey
from smartseller.api.kept import KeptAnswers

ANSWERS = KeptAnswers(UserCall, partial(transaction.atomic))
# The page shows them for thirty days; the audit log knows them for ever.
REMEMBERED = timedelta(days=90)


def forget_what_is_over(now: datetime) -> None:
    """Delete kept answers whose day is over, and keys that have opened nothing for ninety days."""
    ANSWERS.forget(now)
    long_ago = now - REMEMBERED
    UserKey.objects.filter(Q(revoked_at__lte=long_ago) | Q(expires_at__lte=long_ago)).delete()


@shared_task(name="keys.upkeep")  # type: ignore[untyped-decorator]
def upkeep_task() -> None:
    forget_what_is_over(timezone.now())
