"""The fleet at a glance: versions, and shops that lag, are in quarantine, or are not what they should be."""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from uuid import UUID

import psycopg

from platform_core.fleet.catalogue import drift_between, read_catalogue
from platform_core.fleet.migrate import ledger
from platform_core.fleet.migrate.choose import VISITED, in_turns
from platform_core.fleet.migrate.crew import Crew, TellCount, tell_nobody
from platform_core.fleet.migrate.models import MigrationRun
from platform_core.fleet.migrate.run import RunReport, report_of
from platform_core.fleet.migrate.script import newest_of
from platform_core.fleet.migrate.shop import Shop, applied_in, connect, first_line
from platform_core.fleet.models import TemplateVersion
from platform_core.fleet.template import schema_digest
from platform_core.tenancy.hooks import shop_hooks
from platform_core.tenants.models import Tenant
from smartseller.errors import SmartSellerError

LOCK_TIMEOUT_SECONDS = 2.0
# Names in a line about one shop; the rest is a number.
MOST_NAMES = 8


@dataclass(frozen=True, kw_only=True)
class ShopFinding:
    """What is not as it should be with one shop."""

    shop: str
    kind: str
    detail: str


@dataclass(frozen=True, kw_only=True)
class FleetStatus:
    """`served_from` is the oldest schema that this release works with: older shops are in maintenance.

    `shops` counts shops by what the platform believes of their version. `visited` is how many databases were looked
    into; without a visit nothing is known of drift.
    """

    schema: str
    served_from: str
    shops: dict[str, int]
    templates: dict[str, str]
    findings: list[ShopFinding]
    visited: int
    last_run: RunReport | None

    @property
    def is_good(self) -> bool:
        return not self.findings


def fleet_status(*, visit: bool = True, parallel: int = 4, tell: TellCount = tell_nobody) -> FleetStatus:
    """Read the platform's records and, with `visit`, look into every shop's database: one connection, two queries.

    Nothing is changed. A database is compared with the template of its server once it has the same migrations.
    """
    digest = schema_digest()
    believed = dict(Tenant.objects.filter(status__in=VISITED).values_list("pk", "schema_version"))
    shops = in_turns(Tenant.objects.filter(status__in=VISITED))
    findings = [*_lagging(shops, believed), *_quarantined(shops, ledger.in_quarantine(digest))]
    if visit:
        findings += _visited(shops, believed, digest, parallel, tell)
    newest = MigrationRun.objects.order_by("-started_at").first()
    templates = TemplateVersion.objects.filter(is_current=True).values_list("server", "version")
    return FleetStatus(
        schema=shop_hooks.schema_version,
        served_from=shop_hooks.oldest_schema_version,
        shops=dict(sorted(Counter(version or "none" for version in believed.values()).items())),
        templates={str(server): version for server, version in templates},
        findings=sorted(findings, key=lambda finding: (finding.shop, finding.kind)),
        visited=len(shops) if visit else 0,
        last_run=report_of(newest) if newest else None,
    )


def _lagging(shops: Sequence[Shop], believed: Mapping[UUID, str]) -> list[ShopFinding]:
    found = []
    for shop in shops:
        version = believed[shop.id]
        if version < shop_hooks.schema_version and not shop.in_preparation:
            served = "served" if version >= shop_hooks.oldest_schema_version else "in maintenance"
            found.append(ShopFinding(shop=shop.slug, kind="lagging", detail=f"at {version or 'none'}, {served}"))
    return found


def _quarantined(shops: Sequence[Shop], quarantine: Mapping[UUID, str]) -> list[ShopFinding]:
    return [
        ShopFinding(shop=shop.slug, kind="quarantined", detail=quarantine[shop.id])
        for shop in shops
        if shop.id in quarantine
    ]


def _visited(
    shops: Sequence[Shop], believed: Mapping[UUID, str], digest: str, parallel: int, tell: TellCount
) -> list[ShopFinding]:
    current = TemplateVersion.objects.filter(is_current=True, schema_digest=digest, catalogue__isnull=False)
    catalogues = {str(server): catalogue for server, catalogue in current.values_list("server", "catalogue")}

    def look(shop: Shop, attempt: int) -> list[ShopFinding]:
        try:
            with closing(connect(shop, lock_timeout=LOCK_TIMEOUT_SECONDS)) as connection:
                version = newest_of(applied_in(connection, shop))
                found = read_catalogue(connection)
        except (SmartSellerError, psycopg.Error) as error:
            return [ShopFinding(shop=shop.slug, kind="unreadable", detail=first_line(error))]
        findings = []
        if version != believed[shop.id] and not shop.in_preparation:
            detail = f"has {version or 'none'}, and the platform believes {believed[shop.id] or 'none'}"
            findings.append(ShopFinding(shop=shop.slug, kind="misjudged", detail=detail))
        catalogue = catalogues.get(shop.server)
        if catalogue is not None and version == shop_hooks.schema_version:
            drift = drift_between(catalogue, found)
            if drift:
                findings.append(ShopFinding(shop=shop.slug, kind="drift", detail=drift.in_words(MOST_NAMES)))
        return findings

    crew = Crew(shops, look, parallel=parallel, pause=0)
    seen: list[ShopFinding] = []
    for batch in crew.results(every=0.5):
        tell(len(batch), len(shops))
        seen += [finding for findings in batch for finding in findings]
    return seen
