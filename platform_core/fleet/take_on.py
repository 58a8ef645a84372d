"""Taking on what a process that was stopped has left."""

import logging
from collections.abc import Callable
from dataclasses import replace

from platform_core.fleet.errors import FleetBusy
from platform_core.fleet.findings import Finding
from platform_core.tenancy.commands import first_line

logger = logging.getLogger(__name__)


def take_on(finding: Finding, work: Callable[[], object], *, what: str) -> Finding:
    """Do `work`, which ends what the finding is about; the finding, with what became of it.

    An error is this work's own: the others and the servers are looked at all the same. `what` names it in the log.
    """
    try:
        work()
    except FleetBusy:
        return replace(finding, detail="another process is at it")
    except Exception as error:
        logger.exception("%s was resumed and failed", what)
        return replace(finding, detail=f"resumed, and failed: {first_line(error)}")
    return replace(finding, fixed=True, detail="resumed and finished")
