"""How the platform fares, for whoever asks."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from platform_core.status.models import HealthDay

SHOWN_DAYS = 90
# Looked at every minute: after so long nobody looks any more.
STALE = timedelta(minutes=5)
TITLES = {
    "website": "Website and sign-up",
    "shops": "Shops",
    "cache": "Speed and log-ins",
    "files": "Pictures and files",
    "jobs": "Mails and background work",
}


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a part: how much of it was well, in percent; None when nobody looked."""

    day: date
    percent: float | None

    @property
    def mood(self) -> str:
        if self.percent is None:
            return "unknown"
        return "good" if self.percent >= 99.9 else "fair" if self.percent >= 95 else "bad"


@dataclass(frozen=True, slots=True)
class Part:
    """A part as people know it. `is_well` is None when nobody has looked lately."""

    key: str
    title: str
    is_well: bool | None
    since: datetime | None
    looked_at: datetime | None
    uptime: float | None
    ms: float | None
    days: list[Day]


def status_of(now: datetime) -> list[Part]:
    """The parts, and their last ninety days, the oldest first. Servers of shops are one part: it fares as its worst
    does. One statement.
    """
    first = now.date() - timedelta(days=SHOWN_DAYS - 1)
    rows = list(HealthDay.objects.filter(day__gte=first).order_by("part", "day"))
    return [
        _part(key, title, [row for row in rows if row.part.split(":")[0] == key], now) for key, title in TITLES.items()
    ]


def _part(key: str, title: str, rows: list[HealthDay], now: datetime) -> Part:
    newest: dict[str, HealthDay] = {row.part: row for row in rows}
    fresh = [row for row in newest.values() if now - row.looked_at <= STALE]
    ill = [row for row in fresh if not row.is_well]
    looks, well = sum(row.looks for row in rows), sum(row.looks_well for row in rows)
    by_day: dict[date, list[HealthDay]] = {}
    for row in rows:
        by_day.setdefault(row.day, []).append(row)
    days = [now.date() - timedelta(days=SHOWN_DAYS - 1 - number) for number in range(SHOWN_DAYS)]
    return Part(
        key=key,
        title=title,
        is_well=None if not fresh else not ill,
        since=min((row.since for row in ill), default=None),
        looked_at=max((row.looked_at for row in newest.values()), default=None),
        uptime=100 * well / looks if looks else None,
        ms=sum(row.ms_sum for row in rows) / well if well and key != "jobs" else None,
        days=[Day(day, _percent(by_day.get(day, []))) for day in days],
    )


def _percent(rows: list[HealthDay]) -> float | None:
    """Of the worst of its servers."""
    return min((100 * row.looks_well / row.looks for row in rows if row.looks), default=None)
