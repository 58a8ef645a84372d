"""The platform's application as the baseline loads it: its models, and nothing of the fence."""

from platform_core.apps import PlatformCoreConfig


class PlatformWithoutFence(PlatformCoreConfig):
    def ready(self) -> None:
        """Leaves Django's connections as they are."""
