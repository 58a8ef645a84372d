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
from tests.own_queue import send_to_own_queue

__all__ = ["app"]
send_to_own_queue()


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


@shared_task(base=TenantTask, name="tests.say")
def say_task(word: str) -> None:
    """Say the shop and a word."""
    redis.Redis.from_url(settings.REDIS_URL).rpush(done_list(), f"{active_tenant().slug}/{word}")


@shared_task(base=TenantTask, name="tests.kill_worker")
def kill_worker_task(number: int) -> None:
    """Kill the process that runs it, every time."""
    redis.Redis.from_url(settings.REDIS_URL).rpush(done_list(), f"killed/{number}")
    os.kill(os.getpid(), signal.SIGKILL)


@shared_task(base=TenantTask, name="tests.fail_unless")
def fail_unless_task(path: str) -> None:
    """Fail until there is a file."""
    redis.Redis.from_url(settings.REDIS_URL).rpush(done_list(), "tried")
    if not Path(path).exists():
        raise ValueError(path)


def go_list() -> str:
    """What a task waits for that was told to."""
    return f"tests:{settings.DATABASE_PREFIX}go"


@shared_task(base=TenantTask, name="tests.wait")
def wait_task(word: str) -> None:
    """Say that it has begun, wait until it may go on, and say that it is done."""
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=None)
    client.rpush(done_list(), f"begun/{word}")
    client.blpop([go_list()], timeout=240)
    client.rpush(done_list(), f"done/{word}")
