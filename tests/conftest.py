"""One embedded cluster for the whole run; the databases of a test are cloned from models that are migrated once."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from platform_core.tenancy.context import TenantInfo, tenant_context
from smartseller import embedded
from tests.databases import WorkerDatabases, prepare
from tests.statements import StatementCount

pytest_plugins = ["tests.browser"] if Path(__file__).with_name("browser.py").exists() else []

# What is promised holds on a machine that is busy: no example fails for the time it took.
hypothesis_settings.register_profile("at any speed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("at any speed")


def pytest_collection_finish(session: pytest.Session) -> None:
    """What was imported and collected stays to the end: the garbage collector need not look through it again."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    """The last process of the run removes the cluster's folder."""
    if settings.EMBEDDED is None:
        return
    connections.close_all()
    if embedded.stop_if_unused(settings.EMBEDDED):
        shutil.rmtree(settings.EMBEDDED.data_dir, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_setup() -> None:
    """pytest-django must not make databases: ours are cloned."""


@pytest.fixture(scope="session")
def worker_databases(django_db_blocker: Any) -> Iterator[WorkerDatabases]:
    """This worker's platform database and tenant template."""
    with django_db_blocker.unblock():
        yield prepare()


@pytest.fixture
def platform(worker_databases: WorkerDatabases) -> Iterator[WorkerDatabases]:
    """The platform with its plans and its server; whatever the test adds, shops included, goes afterwards."""
    try:
        yield worker_databases
    finally:
        worker_databases.clean()


MakeShop = Callable[..., TenantInfo]


@pytest.fixture
def make_shop(platform: WorkerDatabases) -> MakeShop:
    """Makes an open shop with a database of its own: `make_shop("acme", currency="EUR")`."""
    return platform.make_shop


@pytest.fixture
def shop(make_shop: MakeShop) -> Iterator[TenantInfo]:
    """An open shop, `acme`, with the test running inside it; its commits are real."""
    with ExitStack() as stack:
        yield stack.enter_context(tenant_context(make_shop("acme")))


@pytest.fixture
def count_statements() -> Callable[[], StatementCount]:
    """Counts the SQL statements that a block sends to any database: `with count_statements() as statements: …`."""
    return StatementCount


@pytest.fixture
def kept_plans(platform: WorkerDatabases) -> Iterator[None]:
    """What the plans include is again as it was when the test is over: plans are not cleaned up between tests."""
    from platform_core.plans.models import TenantPlan

    before = list(TenantPlan.objects.values())
    yield
    for plan in before:
        TenantPlan.objects.filter(pk=plan.pop("id")).update(**plan)
