"""A developer's machine and `make demo`: embedded servers, plain HTTP, mail on the terminal."""

from smartseller.settings.base import *
from smartseller.settings.base import DATA_DIR, env

DEBUG = env.bool("DJANGO_DEBUG", default=False)


def _local_secret_key() -> str:
    """A key of this data folder's own, made once, so that sessions outlive a restart and no key is in the code."""
    import secrets

    path = DATA_DIR / "secret_key"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
        return path.read_text().strip()


SECRET_KEY = env.str("DJANGO_SECRET_KEY", default="") or _local_secret_key()
STORAGES = {
    "default": {"BACKEND": "platform_core.tenancy.storage.TenantFileStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
# Files are found in `static/` and in the packages without `collectstatic`.
WHITENOISE_USE_FINDERS = True
