"""Counting attempts at a log-in before anything is looked at, and locking after too many."""

from datetime import timedelta
from typing import Any

from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.functions import Now

# Wrong attempts in a row until an account is locked, and for how long.
ATTEMPTS = 5
LOCKED_FOR = timedelta(minutes=15)


def admit(account: QuerySet[Any]) -> bool:
    """Count an attempt at the one account in `account`; whether it may go on to the proof. One statement.

    The table has `failed_login_attempts` and `locked_until`. Attempts at the same time cannot outnumber the limit, and
    one on a locked account does not lengthen the lock. Whoever proves right clears both columns.
    """
    admitted = account.filter(Q(locked_until__isnull=True) | Q(locked_until__lte=Now())).update(
        locked_until=Case(When(failed_login_attempts__gte=ATTEMPTS - 1, then=Now() + Value(LOCKED_FOR)), default=None),
        failed_login_attempts=Case(
            When(failed_login_attempts__gte=ATTEMPTS - 1, then=0), default=F("failed_login_attempts") + 1
        ),
    )
    return admitted == 1
