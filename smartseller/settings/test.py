"""The test suite: one embedded cluster in memory, without fsync; cheap password hashes, mail in memory."""

import os
import shutil
import tempfile
from pathlib import Path

# One cluster for the whole run: the workers of pytest-xdist inherit the folder from the process that starts them.
if "SMARTSELLER_DATA_DIR" not in os.environ:
    # Cloning a database there takes a fifth of what it takes on a disk; but a container may have no more than 64 MB.
    memory = Path("/dev/shm")  # noqa: S108 - the folder in it belongs to this process
    in_memory = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free >= 6 * 1024**3
    folder = memory if in_memory else Path(tempfile.gettempdir())
    os.environ["SMARTSELLER_DATA_DIR"] = str(folder / f"smartseller-tests-{os.getpid()}")
os.environ.setdefault("SMARTSELLER_EMBEDDED_DURABLE", "false")
# Each worker has databases of its own in it; it inherits the variable of the process that started it, too.
os.environ["DATABASE_PREFIX"] = f"smartseller_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_"

from smartseller.settings.base import *
from smartseller.settings.base import STORAGES as BASE_STORAGES

DEBUG = False
VIES_URL = ""  # tests that ask a register have one of their own
DEMO_SHOPS = True
EXPORT_WINDOW_DAYS = 0  # tests of the window have one
SECRET_KEY = "a key for tests, never used anywhere else, and long enough to pass the checks"  # noqa: S105
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    **BASE_STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
# Each client of a test would look through all files that there are, before its first request.
WHITENOISE_AUTOREFRESH = True
STATIC_ROOT = None  # type: ignore[assignment]  # nothing is collected
# `cache.clear()` empties a whole database of the server: each worker has one, or one would clear what another counts.
if EMBEDDED:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    REDIS_URL = EMBEDDED.redis_url(4 + int(worker) % 12)
    CACHES["default"]["LOCATION"] = REDIS_URL
# A busy machine answers late; in production that is a miss, and a throttle would miscount.
CACHES["default"]["OPTIONS"].update(SOCKET_CONNECT_TIMEOUT=30, SOCKET_TIMEOUT=30)  # type: ignore[attr-defined]
# Nor does a test that takes long on a busy machine read its shop again, and count a statement more.
TENANT_DIRECTORY_TTL = 3600.0
# Tests of a page's cost count what it costs to make it; those of shared pages turn them on.
SHARED_PAGES = False
# Nor does a minute that has passed cost a request a word with Redis.
MEASURE_RESPONSES = False
