"""Which shops a run visits, and in which order."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from platform_core.fleet.migrate.errors import UnknownShops
from platform_core.fleet.migrate.shop import Shop
from platform_core.fleet.moves.models import Move, MoveState
from platform_core.tenants.models import Tenant, TenantAvailability, TenantStatus

# A shop in the making may hold a spare of the earlier template.
VISITED = (TenantStatus.ACTIVE, TenantStatus.SUSPENDED, TenantStatus.PENDING_SETUP)
# Half of the processors are left to the visitors: where the servers run on this machine, migrating takes one processor
# for each shop at once. More than four gain nothing that anybody waits for.
AT_ONCE = max(1, min(4, (os.cpu_count() or 2) // 2))


@dataclass(frozen=True, kw_only=True)
class MigrationOrder:
    """What the operator asked for. `slugs` empty means every shop; `wave` is how many shops a wave has.

    `lock_timeout` is in seconds; what waited longer is tried again up to `retries` times, after pauses that double from
    `pause` seconds. The run stops when more shops than `error_budget` refused, or any canary did.
    """

    slugs: tuple[str, ...] = ()
    canaries: tuple[str, ...] = ()
    wave: int = 100
    parallel: int = AT_ONCE
    lock_timeout: float = 2.0
    retries: int = 8
    pause: float = 0.5
    error_budget: int = 3
    retry_quarantined: bool = False

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> "MigrationOrder":
        return cls(**{**document, "slugs": tuple(document["slugs"]), "canaries": tuple(document["canaries"])})


def chosen(order: MigrationOrder, *, quarantined: Iterable[UUID]) -> tuple[list[list[Shop]], list[str]]:
    """The canaries and then the waves, and the slugs of shops left out because they are in quarantine.

    Shops are visited by server in turn, so that no server has all of the work at once. Errors: UnknownShops.
    """
    shops = {shop.slug: shop for shop in in_turns(Tenant.objects.filter(status__in=VISITED))}
    wanted = set(order.slugs or shops) | set(order.canaries)
    unknown = sorted(wanted - shops.keys())
    if unknown:
        raise UnknownShops(unknown)
    left_out: list[str] = []
    if not order.retry_quarantined:
        kept_away = set(quarantined)
        # Who names a shop means it.
        left_out = sorted(slug for slug in wanted - {*order.slugs, *order.canaries} if shops[slug].id in kept_away)
    canaries = [shops[slug] for slug in dict.fromkeys(order.canaries)]
    rest = [shop for slug, shop in shops.items() if slug in wanted - {*order.canaries, *left_out}]
    return [canaries, *_waves(rest, order.wave)], left_out


def by_ids(ids: Iterable[UUID]) -> dict[UUID, Shop]:
    """The shops as they are now: one that was moved meanwhile is elsewhere."""
    return {shop.id: shop for shop in in_turns(Tenant.objects.filter(pk__in=list(ids), status__in=VISITED))}


def moving() -> set[UUID]:
    """The shops whose databases are being moved at this moment: whoever migrates one would break its copy."""
    closed = Tenant.objects.filter(availability=TenantAvailability.MOVING).values_list("pk", flat=True)
    return {*closed, *Move.objects.filter(state=MoveState.RUNNING).values_list("tenant_id", flat=True)}


def _waves(shops: Sequence[Shop], size: int) -> list[list[Shop]]:
    return [list(shops[start : start + size]) for start in range(0, len(shops), size)]


def in_turns(tenants: "QuerySet[Tenant]") -> list[Shop]:
    """The shops, by server in turn."""
    columns = ("id", "slug", "server_id", "database_name", "epoch", "status")
    lists: dict[str, list[Shop]] = {}
    for key, slug, server, database, epoch, status in tenants.order_by("slug").values_list(*columns):
        lists.setdefault(str(server), []).append(
            Shop(
                id=key,
                slug=slug,
                server=str(server),
                database=database,
                epoch=epoch,
                in_preparation=status == TenantStatus.PENDING_SETUP,
            )
        )
    turns = [(number / len(shops), shop) for shops in lists.values() for number, shop in enumerate(shops)]
    return [shop for _, shop in sorted(turns, key=lambda turn: (turn[0], turn[1].server))]
