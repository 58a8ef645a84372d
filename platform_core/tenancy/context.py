"""Which shop this code runs for."""

from collections.abc import Mapping
from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any
from uuid import UUID

from platform_core.plans.limits import PlanTerms
from platform_core.tenancy import attachment
from platform_core.tenancy.errors import NoTenant

ALIAS_PREFIX = "t_"


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantInfo:
    """What a process needs to know of a shop to serve it; a snapshot of its row in the platform's database.

    `server` is a key of `settings.DATABASE_SERVERS`; `theme` is the shop's `theme_config`; `schema_version` is the
    name of the newest migration its database has; `sandbox_of` is the shop that a sandbox was made from; `plan_terms`
    is what its plan includes, one object for all shops of the plan. `alias` names the database for good: a move or a
    restore raises `epoch`, and with it the alias.
    """

    id: UUID
    slug: str
    name: str
    status: str
    availability: str
    epoch: int
    server: str
    database_name: str
    domain: str | None
    plan: str
    plan_terms: PlanTerms
    currency: str
    timezone: str
    country: str
    theme: Mapping[str, Any]
    schema_version: str
    sandbox_of: UUID | None = None
    alias: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "alias", f"{ALIAS_PREFIX}{self.id.hex}_{self.epoch}")

    @property
    def is_sandbox(self) -> bool:
        """Whether this is a copy to try things in: no money moves, and no mail leaves but to its people."""
        return self.sandbox_of is not None


_active: ContextVar[TenantInfo | None] = ContextVar("active_tenant", default=None)


def active_tenant() -> TenantInfo | None:
    """The active shop, or None on the platform."""
    return _active.get()


def current_tenant() -> TenantInfo:
    """The active shop. Errors: NoTenant when there is none."""
    tenant = _active.get()
    if tenant is None:
        raise NoTenant
    return tenant


class tenant_context:  # noqa: N801 - reads as a verb: with tenant_context(acme): …
    """Run a block for `tenant`; its connection goes back to the pool when the outermost block for it ends.

    Blocks nest. Inside a block for another shop the outer shop's connection is set aside, so that nothing can reach
    it by mistake, and comes back afterwards. Not reusable: make a new one for each block.
    """

    __slots__ = ("_outer", "_set_aside", "_token", "tenant")

    def __init__(self, tenant: TenantInfo) -> None:
        self.tenant = tenant

    def __enter__(self) -> TenantInfo:
        self._outer = _active.get()
        self._set_aside = None
        if self._outer is not None and self._outer.alias != self.tenant.alias:
            self._set_aside = attachment.detach(self._outer.alias)
        self._token: Token[TenantInfo | None] = _active.set(self.tenant)
        return self.tenant

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self._outer is None or self._outer.alias != self.tenant.alias:
                attachment.release(self.tenant.alias)
        finally:
            _active.reset(self._token)
            if self._set_aside is not None and self._outer is not None:
                attachment.attach(self._outer.alias, self._set_aside)
