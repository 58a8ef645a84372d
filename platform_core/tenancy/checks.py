"""What must hold of the settings for the fence to stand, checked at every start."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.db import connections

ROUTER = "platform_core.tenancy.router.TenantRouter"
MIDDLEWARE = "platform_core.tenancy.middleware.TenantMiddleware"

# They only measure what the fence answers and add headers to it, speak of the process and the platform, or refuse.
HARMLESS_BEFORE = {
    "smartseller.observability.requests.RequestsMiddleware",
    "smartseller.api_errors.ApiErrorsMiddleware",
    "smartseller.observability.exposition.MetricsMiddleware",
    "smartseller.headers.SecurityHeadersMiddleware",
    "smartseller.health.LivenessMiddleware",
    "smartseller.tls_ask.TlsAskMiddleware",
    "smartseller.body_limit.BodyLimitMiddleware",
}


@register()
def fence_stands(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The router alone decides, the middleware comes first, and nothing opens transactions or pools behind our back."""
    problems: list[CheckMessage] = []
    if list(settings.DATABASE_ROUTERS) != [ROUTER]:
        problems.append(Error(f"DATABASE_ROUTERS must be [{ROUTER!r}] and nothing else.", id="tenancy.E001"))
    if next((name for name in settings.MIDDLEWARE if name not in HARMLESS_BEFORE), None) != MIDDLEWARE:
        problems.append(Error(f"{MIDDLEWARE} must come before everything that may ask for data.", id="tenancy.E002"))
    for alias in connections:
        database = connections.settings[alias]
        if database["ATOMIC_REQUESTS"]:
            problems.append(
                Error(f"ATOMIC_REQUESTS of {alias!r} would open a transaction for every request.", id="tenancy.E003")
            )
        if database["OPTIONS"].get("pool"):
            problems.append(Error(f"{alias!r} must not use Django's own pool.", id="tenancy.E004"))
    if settings.SESSION_COOKIE_DOMAIN or settings.CSRF_COOKIE_DOMAIN:
        problems.append(Error("Cookies must be host-only: shops are siblings under one domain.", id="tenancy.E005"))
    return problems
