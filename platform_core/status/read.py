"""How the platform fares, for whoever asks."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from platform_core.status.models import HealthDay

SHOWN_DAYS = 90
# Looked at every minute: after so long nobody looks any more.
STALE = timedelta(minutes=5)
MINUTES = 24 * 60
# Looks drift by moments: a day may have so many fewer than minutes, and was looked at all the same.
DRIFT = 5
# What the looks themselves are part of: while nobody looks, nothing of it is done.
LOOKING = "jobs"
TITLES = {
    "website": "Website and sign-up",
    "shops": "Shops",
    "cache": "Speed and log-ins",
    "files": "Pictures and files",
    "jobs": "Mails and background work",
}


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a part: how many percent of the looks found it well, None without any; in `unseen` minutes nobody
    looked, which says neither."""

    day: date
    percent: float | None
    unseen: int = 0

    @property
    def mood(self) -> str:
        """Unknown also when it was not looked at for more than half of the day."""
        if self.percent is None or self.unseen > MINUTES // 2:
            return "unknown"
        return "good" if self.percent >= 99.9 else "fair" if self.percent >= 95 else "bad"


@dataclass(frozen=True, slots=True)
class Part:
    """A part as people know it. `is_well` is None when nobody has looked lately. `uptime` is of the looks; in `unseen`
    minutes since the first of them nobody looked."""

    key: str
    title: str
    is_well: bool | None
    since: datetime | None
    looked_at: datetime | None
    uptime: float | None
    ms: float | None
    days: list[Day]
    unseen: int = 0


def status_of(now: datetime) -> list[Part]:
    """The parts, and their last ninety days, the oldest first. Servers of shops are one part: it fares as its worst
    does. One statement.
    """
    rows = list(HealthDay.objects.order_by("part", "day"))
    return [
        _part(key, title, [row for row in rows if row.part.split(":")[0] == key], now) for key, title in TITLES.items()
    ]


def unseen_minutes(first: date, last: date) -> dict[date, int]:
    """In how many minutes of each day nobody looked, of days (UTC) that are over; without those before the first look
    that is remembered. One statement."""
    looks = dict(HealthDay.objects.filter(part="website", day__lte=last).values_list("day", "looks"))
    if not looks:
        return {}
    known = min(looks)
    days = [known + timedelta(days=number) for number in range((last - known).days + 1)]
    return {day: _unseen(looks.get(day, 0), MINUTES, is_first=day == known) for day in days if day >= first}


def _part(key: str, title: str, rows: list[HealthDay], now: datetime) -> Part:
    newest: dict[str, HealthDay] = {row.part: row for row in rows}
    fresh = [row for row in newest.values() if now - row.looked_at <= STALE]
    ill = [row for row in fresh if not row.is_well]
    by_day: dict[date, list[HealthDay]] = {}
    for row in rows:
        by_day.setdefault(row.day, []).append(row)
    known = min(by_day, default=None)
    days = [
        _day(now.date() - timedelta(days=SHOWN_DAYS - 1 - number), by_day, known, now) for number in range(SHOWN_DAYS)
    ]
    shown = [row for row in rows if row.day >= days[0].day]
    looks, well = sum(row.looks for row in shown), sum(row.looks_well for row in shown)
    unseen = sum(day.unseen for day in days)
    if key == LOOKING:
        looks, unseen, days = looks + unseen, 0, [_idle(day, by_day) for day in days]
    return Part(
        key=key,
        title=title,
        is_well=None if not fresh else not ill,
        since=min((row.since for row in ill), default=None),
        looked_at=max((row.looked_at for row in newest.values()), default=None),
        uptime=100 * well / looks if looks else None,
        ms=sum(row.ms_sum for row in shown) / well if well and key != LOOKING else None,
        days=days,
        unseen=unseen,
    )


def _day(day: date, by_day: dict[date, list[HealthDay]], known: date | None, now: datetime) -> Day:
    """Of the worst of its servers."""
    rows = by_day.get(day, [])
    if known is None or day < known:
        return Day(day, None)
    minutes = now.hour * 60 + now.minute if day == now.date() else MINUTES
    percent = min((100 * row.looks_well / row.looks for row in rows if row.looks), default=None)
    looks = max((row.looks for row in rows), default=0)
    return Day(day, percent, _unseen(looks, minutes, is_first=day == known))


def _idle(day: Day, by_day: dict[date, list[HealthDay]]) -> Day:
    """Background work on a day: while nobody looked, nothing was done."""
    done = sum(row.looks for row in by_day.get(day.day, []))
    return Day(day.day, 100 * done / (done + day.unseen) if done + day.unseen else None)


def _unseen(looks: int, minutes: int, *, is_first: bool) -> int:
    """Minutes without a look; of the first day nobody knows when it began."""
    missing = minutes - looks
    return 0 if is_first or missing <= DRIFT else missing
