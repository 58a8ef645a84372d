"""Every other path under `/api/v1/`."""

from platform_core.api.gate.view import PlatformAPIView
from smartseller.api import missing


class Missing(PlatformAPIView, missing.Missing):
    """404 as JSON."""

    permission_classes = missing.Missing.permission_classes
