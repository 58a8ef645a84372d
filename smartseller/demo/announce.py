"""What a person sees once everything answers: the addresses, the logins, the logs."""

from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict


class Place(TypedDict):
    """One line of `manage.py demo_shops --list --json`: a page worth opening and, where it needs one, a login."""

    name: str
    url: str
    login: str | None
    password: str | None


def ready_page(address: str, places: Sequence[Place], *, data_folder: Path, logs: Sequence[Path]) -> str:
    """The text after start: its first line is `READY <address>`, for people and scripts alike."""
    names = max((len(place["name"]) for place in places), default=0)
    urls = max((len(place["url"]) for place in places), default=0)
    lines = [f"READY {address}", ""]
    for place in places:
        login = f"{place['login']}  {place['password'] or ''}" if place["login"] else ""
        lines.append(f"  {place['name']:<{names}}  {place['url']:<{urls}}  {login}".rstrip())
    lines += [
        "",
        f"  Data  {data_folder}",
        f"  Logs  {'  '.join(str(log) for log in logs)}",
        *(f"  Mails  {log}, unless EMAIL_URL says where else" for log in logs if log.stem == "worker"),
        "",
        "  Ctrl-C stops everything.",
    ]
    return "\n".join(lines)
