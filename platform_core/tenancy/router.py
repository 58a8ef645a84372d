"""Which database a query goes to."""

from typing import Any

from django.db.models import Model

from platform_core.tenancy.connections import OWNER_ALIAS_PREFIX
from platform_core.tenancy.context import active_tenant
from platform_core.tenancy.errors import NoTenant, WrongTenant

PLATFORM = "default"
PLATFORM_ALIASES = frozenset({PLATFORM, "owner"})
SHOP_APP = "tenant_shop"
# A visitor's session lives where the host leads: in the shop's database, or in the platform's.
SESSION_APP = "sessions"


class TenantRouter:
    """Shop models go to the active shop's database, everything else to the platform's.

    An object remembers the database it came from: under another shop it is refused, because saving it there would
    overwrite the row with the same key.
    """

    def db_for_read(self, model: type[Model], **hints: Any) -> str:
        return self._route(model, hints.get("instance"))

    def db_for_write(self, model: type[Model], **hints: Any) -> str:
        return self._route(model, hints.get("instance"))

    def _route(self, model: type[Model], instance: Model | None) -> str:
        label = model._meta.app_label
        home = instance._state.db if instance is not None else None
        if label in (SHOP_APP, SESSION_APP):
            tenant = active_tenant()
            if home is not None and home.startswith(OWNER_ALIAS_PREFIX):
                return home
            if tenant is None:
                if label == SESSION_APP and (home is None or home in PLATFORM_ALIASES):
                    return home or PLATFORM
                raise NoTenant(model._meta.label)
            if home is not None and home != tenant.alias:
                raise WrongTenant(f"{model._meta.label} from {home}", tenant.alias)
            return tenant.alias
        return home if home in PLATFORM_ALIASES else PLATFORM

    def allow_relation(self, obj1: Model, obj2: Model, **hints: Any) -> bool | None:
        if obj1._meta.app_label == SHOP_APP or obj2._meta.app_label == SHOP_APP:
            if obj1._state.db != obj2._state.db:
                raise WrongTenant(f"{obj1._meta.label} from {obj1._state.db}", str(obj2._state.db))
            return True
        return None

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        if db in PLATFORM_ALIASES:
            return app_label != SHOP_APP
        return app_label in {SHOP_APP, SESSION_APP}
