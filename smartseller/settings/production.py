"""Production: nothing starts without its secrets, everything travels over TLS."""

from django.core.exceptions import ImproperlyConfigured

from smartseller.settings.base import *
from smartseller.settings.base import EMBEDDED
from smartseller.settings.environment import env
from smartseller.settings.logs import LOGGING

if EMBEDDED is not None:
    raise ImproperlyConfigured("DATABASE_URL must be set in production; see .env.example.")

DEBUG = False
SECRET_KEY = env.str("DJANGO_SECRET_KEY")
PLATFORM_SCHEME = "https"
LOG_FORMAT = env.str("LOG_FORMAT", default="json")
LOG_REQUESTS = env.bool("LOG_REQUESTS", default=True)
LOGGING["handlers"]["console"]["formatter"] = LOG_FORMAT  # type: ignore[index]

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_TLS_PROXY", default=True) else None
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
# The prefix makes browsers refuse the cookie unless it is secure, host-only and for the whole host.
SESSION_COOKIE_NAME = "__Host-session"
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
CSRF_COOKIE_SECURE = True
