"""Which shops' figures lag behind, and why."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from platform_core.metrics.models import RollupTurn
from platform_core.tenancy.hooks import shop_hooks
from platform_core.tenants.models import Tenant, TenantAvailability, TenantStatus

# What is due is taken within a minute, and done within a few; later than this somebody should look.
PATIENCE = timedelta(minutes=15)


class TurnState(Enum):
    """How a shop's figures stand. The value is how people say it."""

    UP_TO_DATE = "up to date"
    DUE = "due"
    UNDER_WAY = "under way"
    LATE = "late"
    FAILING = "failing"
    NEVER = "never rolled up"
    PASSED_OVER = "passed over"

    @property
    def lags(self) -> bool:
        return self not in (TurnState.UP_TO_DATE, TurnState.DUE, TurnState.UNDER_WAY)


@dataclass(frozen=True, kw_only=True)
class ShopTurn:
    """The figures of one shop: `state`, a word about it, and the times in the platform's database."""

    slug: str
    state: str
    detail: str
    timezone: str | None
    due_at: datetime | None
    closed_at: datetime | None
    refreshed_at: datetime | None
    failures: int


@dataclass(frozen=True, kw_only=True)
class Lag:
    """How many shops are in which state, and those that lag, by slug."""

    counts: dict[str, int]
    lagging: list[ShopTurn]


def lag(now: datetime) -> Lag:
    """How the figures of all shops stand that are active or suspended. Two statements, and no shop's database."""
    turns = RollupTurn.objects.in_bulk()
    counts = {state.value: 0 for state in TurnState}
    lagging = []
    shops = Tenant.objects.filter(status__in=(TenantStatus.ACTIVE, TenantStatus.SUSPENDED)).order_by("slug")
    for tenant in shops.only("slug", "status", "availability", "schema_version").iterator(chunk_size=2000):
        turn = turns.get(tenant.pk)
        state, detail = state_of(tenant, turn, now)
        counts[state.value] += 1
        if state.lags:
            lagging.append(
                ShopTurn(
                    slug=tenant.slug,
                    state=state.value,
                    detail=detail,
                    timezone=turn.timezone if turn else None,
                    due_at=turn.due_at if turn else None,
                    closed_at=turn.closed_at if turn else None,
                    refreshed_at=turn.refreshed_at if turn else None,
                    failures=turn.failures if turn else 0,
                )
            )
    return Lag(counts=counts, lagging=lagging)


def state_of(tenant: Tenant, turn: RollupTurn | None, now: datetime) -> tuple[TurnState, str]:
    """How one shop's figures stand, and a word about it."""
    if closed := _why_closed(tenant):
        return TurnState.PASSED_OVER, closed
    if turn is not None and turn.failures:
        return TurnState.FAILING, turn.last_error
    if turn is not None and turn.taken_until is not None and turn.taken_until > now:
        return TurnState.UNDER_WAY, ""
    if turn is None or turn.closed_at is None:
        return TurnState.NEVER, ""
    if turn.due_at + PATIENCE <= now:
        return TurnState.LATE, f"due since {turn.due_at:%Y-%m-%d %H:%M} UTC"
    return (TurnState.DUE if turn.due_at <= now else TurnState.UP_TO_DATE), ""


def _why_closed(tenant: Tenant) -> str:
    if tenant.status != TenantStatus.ACTIVE:
        return str(tenant.status)
    if tenant.availability != TenantAvailability.OPEN:
        return str(tenant.availability)
    if tenant.schema_version < shop_hooks.oldest_schema_version:
        return f"its database is at {tenant.schema_version or 'no migration'}"
    return ""
