"""The same project without its fence: plain Django on one shop's database, with a connection kept for good.

The same applications, middleware (but the tenant's), templates and views, and Django's own engine and router.
"""

import os

from bench.settings import *
from bench.settings import DATABASES, INSTALLED_APPS, MIDDLEWARE

DATABASES = {
    "default": {
        key: value for key, value in DATABASES["default"].items() if key not in ("CONN_MAX_AGE", "CONN_HEALTH_CHECKS")
    }
    | {"NAME": os.environ["BENCH_PLAIN_DATABASE"], "CONN_MAX_AGE": None}
}
DATABASE_ROUTERS = []
IN_PLACE_OF = {
    "platform_core.tenancy.middleware.TenantMiddleware": None,
    "tenant_shop.storefront.languages.LanguageMiddleware": "bench.one_language.OneLanguageMiddleware",
}
MIDDLEWARE = [kept for step in MIDDLEWARE if (kept := IN_PLACE_OF.get(step, step)) is not None]
INSTALLED_APPS = [
    "bench.plain.PlatformWithoutFence" if app == "platform_core.apps.PlatformCoreConfig" else app
    for app in INSTALLED_APPS
]
ROOT_URLCONF = "bench.urls"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
