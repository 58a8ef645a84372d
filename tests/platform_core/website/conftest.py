"""What a sign-up needs beside the platform: a template to clone shops from."""

from collections.abc import Iterator
from unittest import mock

import pytest
from django.core.cache import cache
from django.utils import timezone

from platform_core.fleet.models import TemplateVersion
from platform_core.fleet.names import template_name
from platform_core.fleet.provision import task
from platform_core.fleet.template import schema_digest
from platform_core.tenancy.hooks import shop_hooks
from tests.databases import WorkerDatabases


@pytest.fixture
def fleet(platform: WorkerDatabases) -> WorkerDatabases:
    """The worker's template, recorded as the current one."""
    TemplateVersion.objects.create(
        server_id="primary",
        version=shop_hooks.schema_version,
        database_name=template_name(),
        schema_digest=schema_digest(),
        is_current=True,
        built_at=timezone.now(),
    )
    return platform


@pytest.fixture
def no_broker() -> Iterator[None]:
    """Work is done at once, where it was asked for."""
    with mock.patch.object(task.provision_task, "delay", side_effect=OSError("no broker")):
        yield


@pytest.fixture
def no_worker() -> Iterator[mock.Mock]:
    """Work is queued and nobody takes it."""
    with mock.patch.object(task.provision_task, "delay") as queued:
        yield queued


@pytest.fixture(autouse=True)
def _nobody_has_sent_anything_yet() -> None:
    """Forms are counted by mailbox and address; tests share both."""
    cache.clear()
