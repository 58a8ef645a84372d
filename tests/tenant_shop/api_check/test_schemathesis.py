"""The description, tried by a program that knows nothing else: thousands of requests, good and bad, in every order."""

from pathlib import Path

import pytest

from platform_core.tenancy.context import TenantInfo
from tenant_shop.api.v1.documents import description
from tests.browser import Site
from tests.programs import key_of
from tests.tenant_shop.api_check.shop import EVERYTHING, fill, without_limit
from tests.tenant_shop.api_check.tried import run

pytestmark = pytest.mark.slow

# Of each operation that are made up at random, beside those at every bound that it has: seven thousand requests in all,
# and two minutes.
EXAMPLES = 4


@pytest.mark.usefixtures("kept_plans")
def test_nothing_that_the_description_allows_or_forbids_is_answered_otherwise_than_described(
    make_shop, site: Site, tmp_path: Path
) -> None:
    acme: TenantInfo = make_shop("acme")
    without_limit()
    keys = fill(acme)
    tried = run(
        tmp_path,
        port=site.port,
        host=f"acme.localhost:{site.port}",
        key=key_of(acme, *EVERYTHING).secret,
        keys=keys,
        paths=list(description()["paths"]),
        examples=EXAMPLES,
    )
    assert tried.code == 0, tried.said
    assert tried.cases > 6_000
