"""What the fence refuses, one class per cause."""

from django.utils.translation import gettext as _

from smartseller.errors import NotReady, SmartSellerError


class NoTenant(SmartSellerError):
    """A shop's data was asked for while no shop is active: a fault of the program, never of the visitor."""

    code = "no_tenant"

    def __init__(self, wanted: str = "a shop's data") -> None:
        self.wanted = wanted
        super().__init__(f"No shop is active, so {wanted} cannot be reached.")


class WrongTenant(SmartSellerError):
    """An object or alias of one shop (or of an earlier epoch of it) was used while another is active."""

    code = "wrong_tenant"

    def __init__(self, found: str, active: str) -> None:
        self.found, self.active = found, active
        super().__init__(f"{found} belongs to another shop than the active {active}.")


class WrongDatabase(SmartSellerError):
    """A new connection led to a database that is not the shop's: the second lock held."""

    code = "wrong_database"
    status = 503

    def __init__(self, slug: str, expected: str, found: str) -> None:
        self.slug, self.expected, self.found = slug, expected, found
        super().__init__(f"The connection for {slug} led to {found} instead of {expected}.")


class UnknownTenant(SmartSellerError):
    """No shop answers to this host, slug or id."""

    code = "unknown_tenant"
    status = 404

    def __init__(self, name: object) -> None:
        self.name = str(name)
        super().__init__(f"There is no shop {self.name}.")


class TenantNotServing(NotReady):
    """The shop exists but its state does not allow this work (suspended, being prepared, moving …)."""

    code = "tenant_not_serving"

    def __init__(self, slug: str, state: str) -> None:
        self.slug, self.state = slug, state
        super().__init__(f"The shop {slug} is {state}.")


class ConnectionsExhausted(NotReady):
    """Every connection this process may open is in use, and none came free in time."""

    code = "connections_exhausted"

    def __init__(self, limit: int, waited: float) -> None:
        self.limit, self.waited = limit, waited
        super().__init__(f"All {limit} database connections of this process are busy; waited {waited:g} s.")


class ShopBusy(NotReady):
    """Others are changing what this work needs, and it would have had to wait too long; nothing was changed."""

    code = "shop_busy"

    def __init__(self) -> None:
        super().__init__(_("Many people are shopping here at this moment, and it was not your turn yet."))


class DirectoryUnavailable(NotReady):
    """The platform's database cannot say which shop a host belongs to."""

    code = "directory_unavailable"

    def __init__(self) -> None:
        super().__init__("The directory of shops cannot be read right now.")


class SessionStateRefused(SmartSellerError):
    """A statement would change a session that PgBouncer shares: the change would stay behind for another client."""

    code = "session_state_refused"

    def __init__(self, statement: str) -> None:
        self.statement = statement
        super().__init__(
            f"Behind PgBouncer “{statement}” would outlive its transaction; use SET LOCAL, or set_config(…, true)."
        )
