"""Examining an installation from end to end."""

from collections.abc import Callable, Iterator

from platform_core.fleet.doctor.databases import examine_server
from platform_core.fleet.doctor.finding import Finding, Level
from platform_core.fleet.doctor.platform import examine_platform
from platform_core.fleet.doctor.services import (
    examine_beat,
    examine_cache,
    examine_mail,
    examine_outbox,
    examine_queue,
    examine_workers,
)
from platform_core.fleet.doctor.storage import examine_backups, examine_files
from platform_core.fleet.models import DatabaseServer, ServerState

Part = Callable[[], Iterator[Finding]]


def examine() -> Iterator[Finding]:
    """Every finding, as it is made: the platform, each server, cache, queue, workers, scheduler, outboxes, files,
    backups' storage, mail.

    Nothing is changed but two files that are written and removed again, and nothing a shop holds is read. What cannot
    be examined is a finding, too. Errors: OperationalError when the platform's database does not answer.
    """
    yield from examine_platform()
    for server in DatabaseServer.objects.exclude(state=ServerState.RETIRED).order_by("key"):
        yield from examine_server(server)
    parts: tuple[Part, ...] = (
        examine_cache, examine_queue, examine_workers, examine_beat, examine_outbox, examine_files, examine_backups,
        examine_mail,
    )  # fmt: skip
    for part in parts:
        yield from part()


def worst(findings: list[Finding]) -> Level:
    """The gravest level among them; fine when there is none."""
    return max((finding.level for finding in findings), default=Level.FINE)
