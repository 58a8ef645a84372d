"""Both demo shops, made by the command itself: once for all tests of a module, which only look at them."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial

import pytest
from django.core.management import call_command
from django.db import connections
from django.test import override_settings
from django.utils import timezone

from platform_core.fleet.kept import close_kept_connections
from platform_core.fleet.models import TemplateVersion
from platform_core.fleet.template import schema_digest
from platform_core.tenancy import directory
from platform_core.tenancy.context import TenantInfo, tenant_context
from platform_core.tenancy.hooks import shop_hooks
from tenant_shop.demo.pictures import store
from tenant_shop.demo.pictures.render import render
from tenant_shop.demo.pictures.still_life import render_still_life
from tests.databases import TEMPLATE, WorkerDatabases

Visit = Callable[[str], AbstractContextManager[TenantInfo]]


@pytest.fixture(scope="module")
def small_pictures() -> Iterator[None]:
    """The same pictures at a tenth of the size, in a hundredth of the time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "render", partial(render, pixels=120))
        patch.setattr(store, "render_still_life", lambda still: render_still_life(replace(still, width=80, height=60)))
        yield


@pytest.fixture(scope="module")
def demo_shops(worker_databases: WorkerDatabases, small_pictures: None) -> Iterator[None]:
    TemplateVersion.objects.create(
        server_id="primary",
        version=shop_hooks.schema_version,
        database_name=TEMPLATE,
        schema_digest=schema_digest(),
        is_current=True,
        built_at=timezone.now(),
    )
    try:
        with override_settings(FLEET_SPARES=0):
            call_command("demo_shops", stderr=io.StringIO())
            yield
    finally:
        close_kept_connections()
        connections["owner"].close()
        worker_databases.clean()


@pytest.fixture
def visit(demo_shops: None) -> Visit:
    """Work inside one of the demo shops: `with visit("fernmoor"): …`."""
    return lambda slug: tenant_context(directory.by_slug(slug))
