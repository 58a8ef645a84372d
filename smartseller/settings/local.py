"""A developer's machine and `make demo`: embedded servers, plain HTTP, mail on the terminal."""

import os
import secrets
from contextlib import suppress

from smartseller.settings.base import *
from smartseller.settings.base import STORAGES as BASE_STORAGES
from smartseller.settings.environment import DATA_DIR, env

DEBUG = env.bool("DJANGO_DEBUG", default=False)
DEMO_SHOPS = True
# Whoever develops a receiver has it on this machine.
WEBHOOKS_TO_PRIVATE_ADDRESSES = env.bool("WEBHOOKS_TO_PRIVATE_ADDRESSES", default=True)
# Whoever changes templates wants to see them.
SHARED_PAGES = env.bool("SHARED_PAGES", default=not DEBUG)


def _local_secret_key() -> str:
    """A key of this data folder's own, made once, so that sessions outlive a restart and no key is in the code."""
    path = DATA_DIR / "secret_key"
    if not path.exists():
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"secret_key.{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(50))
        with suppress(FileExistsError):
            os.link(fresh, path)  # whole or not at all, and the first process wins
        fresh.unlink()
    return path.read_text().strip()


SECRET_KEY = env.str("DJANGO_SECRET_KEY", default="") or _local_secret_key()
STORAGES = {
    **BASE_STORAGES,
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
# `make demo` collects the static files and sends them compressed, as production does. Otherwise, and for whoever
# changes them, they are found in `static/` and in the packages.
STATIC_ROOT = DATA_DIR / "static"
WHITENOISE_USE_FINDERS = DEBUG or not env.bool("STATIC_COLLECTED", default=False)
