"""The shop whose back office is tried."""

from collections.abc import Callable

import pytest

from platform_core.tenancy.context import TenantInfo


@pytest.fixture
def acme(make_shop: Callable[..., TenantInfo]) -> TenantInfo:
    """An open shop; nobody is logged in."""
    return make_shop("acme")
