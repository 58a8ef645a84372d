"""When a shop's day ends, and when its figures are due before that."""

from datetime import UTC, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

HOUR = timedelta(hours=1)


def next_midnight(zone: ZoneInfo, after: datetime) -> datetime:
    """The first moment of the day after the one that `after` lies in, by the clocks of `zone`; in UTC.

    Where that day begins with a clock put forward, it begins at the hour that is; put back, with the first of two.
    """
    day = after.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(day, time(), zone).astimezone(UTC)


def next_refresh(tenant_id: UUID, after: datetime) -> datetime:
    """The shop's own moment of the hour, next time after `after`: hours are full for all shops at once, this is not."""
    own = timedelta(seconds=int.from_bytes(tenant_id.bytes[-4:]) % int(HOUR.total_seconds()))
    full = after.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return full + own if full + own > after else full + own + HOUR


def next_due(tenant_id: UUID, zone: ZoneInfo, after: datetime) -> tuple[datetime, datetime]:
    """(the shop's next midnight, when its figures are due next, which is then or sooner)."""
    midnight = next_midnight(zone, after)
    return midnight, min(midnight, next_refresh(tenant_id, after))
