"""Which database a query goes to."""

from typing import Any

PLATFORM_ALIASES = frozenset({"default", "owner"})
# Everything else lives in the platform's database only.
APPS_IN_A_SHOPS_DATABASE = frozenset({"tenant_shop", "sessions"})


class TenantRouter:
    """Shop models go to the active shop's database, everything else to the platform's."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        if db in PLATFORM_ALIASES:
            return app_label != "tenant_shop"
        return app_label in APPS_IN_A_SHOPS_DATABASE
