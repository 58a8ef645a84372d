"""Moments and days as pages behind the counter write them: one short form, and the whole moment in its title."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString


def moment(value: datetime) -> SafeString:
    """`24 Nov 2026, 07:35` in the active time zone; its title says weekday, seconds, zone and distance from UTC."""
    here = timezone.localtime(value)
    return _time(here, f"{here:%-d %b %Y, %H:%M}")


def day(value: date) -> SafeString:
    """`24 Nov 2026`. Of a moment it is the day in the active time zone, and the title says the moment."""
    if isinstance(value, datetime):
        here = timezone.localtime(value)
        return _time(here, f"{here:%-d %b %Y}")
    return format_html(
        '<time class="whitespace-nowrap" datetime="{}">{}</time>', value.isoformat(), f"{value:%-d %b %Y}"
    )


def _time(here: datetime, written: str) -> SafeString:
    distance = f"{here:%z}"
    zone = f"{timezone.get_current_timezone_name()} (UTC{distance[:3]}:{distance[3:5]})"
    return format_html(
        '<time class="whitespace-nowrap" datetime="{}" title="{}">{}</time>',
        here.isoformat(timespec="seconds"),
        f"{here:%A, %-d %B %Y, %H:%M:%S}, {zone}",
        written,
    )
