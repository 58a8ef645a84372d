"""What the fleet refuses, one class per cause."""

from datetime import datetime
from uuid import UUID

from smartseller.errors import NotReady, RuleViolation


class NoServerAvailable(NotReady):
    """No open server has room for another shop."""

    code = "no_server_available"

    def __init__(self, region: str | None) -> None:
        self.region = region
        super().__init__(f"No open database server{f' in {region}' if region else ''} has room for another shop.")


class UnknownServer(RuleViolation):
    """The settings have no addresses for a server."""

    code = "unknown_server"
    status = 404

    def __init__(self, server: str) -> None:
        self.server = server
        super().__init__(f"The settings know no addresses of the database server {server}.")


class OutsideRegion(RuleViolation):
    """A shop's data would be where it may not be."""

    code = "outside_region"

    def __init__(self, slug: str, region: str, server: str, found: str) -> None:
        self.slug, self.region, self.server, self.found = slug, region, server, found
        where = f"in {found}" if found else "in no region"
        super().__init__(f"The data of {slug} may be in {region} only, and the server {server} is {where}.")


class TemplateMissing(NotReady):
    """A server has no template to make shops from."""

    code = "template_missing"

    def __init__(self, server: str, database: str) -> None:
        self.server, self.database = server, database
        super().__init__(f"The template {database} is missing on the server {server}; `manage.py setup` builds it.")


class TemplateBusy(NotReady):
    """Somebody is connected to the template, and PostgreSQL clones only what nobody uses."""

    code = "template_busy"

    def __init__(self, server: str, database: str) -> None:
        self.server, self.database = server, database
        super().__init__(f"The template {database} on the server {server} is in use by another session; try again.")


class DatabaseNameOccupied(RuleViolation):
    """The database that a shop is to have exists and is not known to be the shop's."""

    code = "database_name_occupied"

    def __init__(self, server: str, database: str) -> None:
        self.server, self.database = server, database
        super().__init__(f"The server {server} has a database {database} already, and it is not this shop's.")


class ExportWindowOpen(RuleViolation):
    """The owners of a cancelled shop still have time to take it along; nothing was changed."""

    code = "export_window_open"

    def __init__(self, slug: str, ends: datetime) -> None:
        self.slug, self.ends = slug, ends
        super().__init__(
            f"The owners of {slug} can take it along until {ends:%Y-%m-%d %H:%M} UTC; it is dropped after that, or with"
            " --early."
        )


class FleetBusy(NotReady):
    """Another process does this very work now."""

    code = "fleet_busy"

    def __init__(self, work: str) -> None:
        self.work = work
        super().__init__(f"Another process is busy with it: {work}.")


class ProvisioningBusy(FleetBusy):
    """Another worker is making this shop."""

    code = "provisioning_busy"

    def __init__(self, run_id: UUID) -> None:
        self.run_id = run_id
        super().__init__(f"provisioning run {run_id}")


class VerificationFailed(NotReady):
    """A new shop's database is not what it must be before the shop opens."""

    code = "verification_failed"

    def __init__(self, database: str, found: str) -> None:
        self.database, self.found = database, found
        super().__init__(f"The new database {database} cannot be opened to visitors: {found}.")


class ShopNotPending(RuleViolation):
    """A shop is to be made whose merchant has cancelled it."""

    code = "shop_not_pending"

    def __init__(self, slug: str, status: str) -> None:
        self.slug, self.status_found = slug, status
        super().__init__(f"The shop {slug} is {status} and is not made any more.")
