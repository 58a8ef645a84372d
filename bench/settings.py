"""SmartSeller as it runs in production, on the benchmark's own cluster (fsync on); only errors are logged."""

from smartseller.settings.base import *
from smartseller.settings.base import STORAGES, TEMPLATES
from smartseller.settings.environment import BASE_DIR, env

SECRET_KEY = "a key for measurements, never used anywhere else, and long enough for every check"
DEBUG = False
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler", "level": "ERROR"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
TEMPLATES = [{**TEMPLATES[0], "DIRS": [BASE_DIR / "bench" / "templates", *TEMPLATES[0]["DIRS"]]}]
STORAGES = {
    **STORAGES,
    "default": {"BACKEND": "platform_core.tenancy.storage.TenantFileStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT = BASE_DIR / "static"  # WhiteNoise warns about a folder that is not there
# The announcements of changed shops find no Redis to listen to unless a measurement starts one.
TENANT_DIRECTORY_TTL = env.float("TENANT_DIRECTORY_TTL", default=10.0)
# Receivers of webhooks are on this machine.
WEBHOOKS_TO_PRIVATE_ADDRESSES = True
# The measured pages are made anew each time, but for the measurement of shared ones.
SHARED_PAGES = env.bool("SHARED_PAGES", default=False)
