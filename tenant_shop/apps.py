from pathlib import Path

from django.apps import AppConfig


class TenantShopConfig(AppConfig):
    name = "tenant_shop"
    verbose_name = "Shop"

    def ready(self) -> None:
        from platform_core.tenancy.hooks import shop_hooks
        from tenant_shop.catalog.known_version import hear
        from tenant_shop.configuration.seed import seed_shop

        shop_hooks.seed = seed_shop
        shop_hooks.told = hear
        shop_hooks.schema_version = max(path.stem for path in (Path(self.path) / "migrations").glob("[0-9]*.py"))
