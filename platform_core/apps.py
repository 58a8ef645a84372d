from django.apps import AppConfig


class PlatformCoreConfig(AppConfig):
    name = "platform_core"
    verbose_name = "Platform"

    def ready(self) -> None:
        from platform_core.fleet.copies.door import ShopCopies
        from platform_core.metrics.turns import days_changed, past_changed
        from platform_core.metrics.warn_calls import note_calls
        from platform_core.tenancy import checks, connections  # noqa: F401
        from platform_core.tenancy.hooks import platform_hooks
        from platform_core.tenancy.postgresql.slow import watch_platform

        connections.install()
        watch_platform()
        platform_hooks.days_changed = days_changed
        platform_hooks.past_changed = past_changed
        platform_hooks.copies = ShopCopies()
        platform_hooks.calls_noted = note_calls
