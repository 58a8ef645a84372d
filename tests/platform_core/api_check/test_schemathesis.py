"""The description of the platform's API, tried by a program that knows nothing else, with an operator's key."""

from pathlib import Path
from typing import Any

import pytest

from platform_core.accounts.models import PlatformRole
from platform_core.api.v1.documents import OpenApi
from platform_core.api.v1.fleet import MigrationRun
from platform_core.fleet.models import DatabaseServer
from platform_core.keys.scopes import SCOPES
from platform_core.plans.models import TenantPlan
from platform_core.tenants.models import Tenant
from tests.browser import Site
from tests.people import let_in, make_user
from tests.tenant_shop.api_check.tried import run
from tests.user_programs import key_of, program_of

pytestmark = pytest.mark.slow

# Made up at random of each operation, beside those at every bound that it has.
EXAMPLES = 3
NOBODY = "018f0000-0000-7000-8000-000000000000"


@pytest.mark.usefixtures("kept_plans")
def test_nothing_that_the_description_allows_or_forbids_is_answered_otherwise_than_described(
    make_shop: Any, site: Site, tmp_path: Path
) -> None:
    operator = make_user("op@platform.example", role=PlatformRole.ADMIN)
    for slug in ("acme", "nova", "luna"):
        let_in(operator, make_shop(slug))
    asked = program_of(operator, *SCOPES).post("/signups/", {"slug": "vega", "name": "Vega"}).json()
    keys = {
        "plans": _keys(TenantPlan),
        "shops": _keys(Tenant),
        "tenants": _keys(Tenant),
        "signups": [asked["id"]],
        "tokens": [asked["progress_url"].rstrip("/").rsplit("/", 1)[1]],
        "invoices": [NOBODY],
        "servers": _keys(DatabaseServer),
        "migration-runs": _keys(MigrationRun) or [NOBODY],
    }

    tried = run(
        tmp_path,
        port=site.port,
        host=f"localhost:{site.port}",
        key=key_of(operator, *SCOPES).secret,
        keys=keys,
        paths=list(OpenApi.description()["paths"]),
        examples=EXAMPLES,
        in_bodies={},
    )

    assert tried.code == 0, tried.said
    assert tried.cases > 500


def _keys(model: Any) -> list[str]:
    return [str(key) for key in model.objects.values_list("pk", flat=True)]
