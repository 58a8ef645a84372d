from collections.abc import Callable

import pytest

from platform_core.tenancy.context import TenantInfo


@pytest.fixture
def acme(make_shop: Callable[..., TenantInfo]) -> TenantInfo:
    return make_shop("acme")
