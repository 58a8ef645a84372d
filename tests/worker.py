"""The project's Celery application with a few tasks for tests: `celery -A tests.worker worker`."""

import os
import signal
from pathlib import Path

import django
import redis
from celery import shared_task
from django.conf import settings

django.setup()  # the worker imports this module before it sets Django up

from platform_core.tenancy.context import active_tenant
from platform_core.tenancy.tasks import TenantTask
from smartseller.celery import app
from tenant_shop.catalog.models import Category

__all__ = ["app"]


def done_list() -> str:
    """Where a finished task says so: one list for each test worker."""
    return f"tests:{settings.DATABASE_PREFIX}done"


@shared_task(base=TenantTask, name="tests.note_shop")
def note_shop_task(slug: str, *, die_unless: str = "") -> None:
    """Add a category; with `die_unless`, the name of a file, make that file and kill this process the first time."""
    if die_unless and not Path(die_unless).exists():
        Path(die_unless).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    Category.objects.create(name=active_tenant().slug, slug=slug)
    redis.Redis.from_url(settings.REDIS_URL).rpush(done_list(), f"{active_tenant().slug}/{slug}")


@shared_task(name="tests.where_am_i")
def where_am_i_task() -> None:
    """Say which shop is active outside any shop's task."""
    tenant = active_tenant()
    redis.Redis.from_url(settings.REDIS_URL).rpush(done_list(), tenant.slug if tenant else "no shop")
