"""Which code made a page: after a deployment the pages of the old one are not shown, for their files may be gone."""

import hashlib
from functools import cache
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage

CODE = ("smartseller", "platform_core", "tenant_shop", "templates", "static", "locale")
SUFFIXES = frozenset({".py", ".html", ".css", ".js", ".svg", ".mo", ".txt", ".md"})


@cache
def release() -> str:
    """A digest of the project's code, templates and static files; read once in a process."""
    manifest = getattr(staticfiles_storage, "manifest_hash", "")  # the packages' files are in it, too
    digest = hashlib.blake2b(f"{django.__version__} {manifest}".encode(), digest_size=8)
    for path in sorted(_files(settings.BASE_DIR)):
        digest.update(str(path.relative_to(settings.BASE_DIR)).encode() + b"\0")
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _files(root: Path) -> list[Path]:
    return [path for name in CODE for path in (root / name).rglob("*") if path.suffix in SUFFIXES and path.is_file()]
