from django.apps import AppConfig


class PlatformCoreConfig(AppConfig):
    name = "platform_core"
    verbose_name = "Platform"

    def ready(self) -> None:
        from platform_core.tenancy import checks, connections  # noqa: F401

        connections.install()
