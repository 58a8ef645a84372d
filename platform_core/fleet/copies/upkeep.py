"""What recurs about copies: archives and sandboxes whose time is over, and archives whose process was stopped."""

from celery import shared_task

from platform_core.fleet.copies.export import export_upkeep
from platform_core.fleet.copies.sandbox import end_outdated


@shared_task(name="fleet.copies_upkeep")  # type: ignore[untyped-decorator]
def copies_upkeep_task() -> None:
    end_outdated()
    export_upkeep()
