"""The shop's own files: product pictures and what merchants upload."""

import re
from pathlib import PurePosixPath
from posixpath import normpath

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from tenant_shop.imports.runs.receive import PRIVATE

# What a browser may show in place; anything else is handed over as a download, so that no upload can act as a page.
SHOWN = {
    ".avif": "image/avif",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
}
# An SVG may hold scripts: opened on its own, it runs none of them.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
MAX_AGE = 2_592_000
# A name that is never given twice (tenant_shop/catalog/pictures/): what it shows never changes.
NEVER_CHANGES = re.compile(r"/[0-9a-f]{32}(-[0-9a-f]{6}-[0-9]+)?\.[a-z]+$")
FOR_EVER = 31_536_000


@require_safe
def file(request: HttpRequest, name: str) -> HttpResponseBase:
    """A file from the shop's folder; storage keeps to that folder, so other shops' files do not exist here.

    One that is missing is a bare 404: nobody reads a page in the place of a picture, and it would cost SQL.
    """
    if PRIVATE in PurePosixPath(normpath(f"/{name}")).parts[:2]:
        return HttpResponse("No such file.", status=404, content_type="text/plain")
    try:
        opened = default_storage.open(name)
        size, modified = default_storage.size(name), int(default_storage.get_modified_time(name).timestamp())
    except (OSError, ValueError, SuspiciousFileOperation):
        return HttpResponse("No such file.", status=404, content_type="text/plain")
    content_type = SHOWN.get(PurePosixPath(name).suffix.lower())
    etag = f'"{modified:x}-{size:x}"'
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag, last_modified=modified)
    if response is not None:
        opened.close()
    else:
        response = FileResponse(
            opened, content_type=content_type or "application/octet-stream", as_attachment=content_type is None
        )
    response["ETag"] = etag
    response["Last-Modified"] = http_date(modified)
    response["Cache-Control"] = (
        f"public, max-age={FOR_EVER}, immutable" if NEVER_CHANGES.search(name) else f"public, max-age={MAX_AGE}"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = POLICY
    return response
