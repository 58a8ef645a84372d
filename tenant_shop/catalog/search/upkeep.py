"""What search needs done once a day."""

import logging
from datetime import datetime

from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from platform_core.tenancy.tasks import TenantTask
from tenant_shop.catalog.search.forget import forget_searches
from tenant_shop.catalog.search.rebuild import follow_language, rebuild_search
from tenant_shop.catalog.search.vocabulary import count_words

logger = logging.getLogger(__name__)


def keep_search(now: datetime) -> None:
    """Follow the shop's language, count its words, forget old searches. Safe to repeat."""
    follow_language()
    count_words()
    forget_searches(now)


@shared_task(base=TenantTask, name="catalog.keep_search")  # type: ignore[untyped-decorator]
def keep_search_task() -> None:
    keep_search(timezone.now())


@shared_task(base=TenantTask, name="catalog.rebuild_search")  # type: ignore[untyped-decorator]
def rebuild_search_task() -> None:
    rebuild_search()
    count_words()


def queue_rebuild() -> None:
    """Have a worker read all products anew once another language has committed; without a broker the daily job does."""
    try:
        rebuild_search_task.delay()
    except OperationalError as error:
        logger.warning("the broker cannot be reached (%s); search follows the new language with the next round", error)
