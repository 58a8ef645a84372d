"""Every request of a visit stands in the shop's audit log, before it is answered."""

from platform_core.accounts.impersonation.models import Impersonation
from platform_core.audit.origin import Origin
from platform_core.audit.record import record_of

LONGEST_PATH = 500


def log_request(visit: Impersonation, *, method: str, path: str, origin: Origin) -> None:
    """Without the entry nothing is answered: what fails here fails the request."""
    record_of(
        origin,
        "visit_page",
        resource_type="impersonation",
        resource_id=visit.pk,
        tenant_id=visit.tenant_id,
        metadata={"name": f"{method} {path[:LONGEST_PATH]}"},
    )
