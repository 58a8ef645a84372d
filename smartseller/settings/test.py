"""The test suite: one embedded cluster without fsync, cheap password hashes, mail in memory."""

from smartseller.settings.base import *
from smartseller.settings.base import STORAGES as BASE_STORAGES

DEBUG = False
SECRET_KEY = "a key for tests, never used anywhere else, and long enough to pass the checks"  # noqa: S105
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    **BASE_STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
