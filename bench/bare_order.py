"""The ceiling of orders over HTTP: a Django without middleware whose one view sends the SQL of an order, in one
transaction, and leads on. Nothing is validated, priced or remembered. An application for granian:
`bench.bare_order:application`.
"""

import os
import re
from pathlib import Path

from django.db import connections
from django.db.transaction import atomic  # noqa: TID251 - there is one database here, and no shop
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path

SCRIPT = (Path(__file__).parent / "raw_order.sql").read_text()


def _statements(script: str) -> list[str]:
    """What pgbench sends, as Django's cursor takes it: the first finds the cart, the others write the order."""
    first, _, rest = script.partition(r"\gset")
    asked = [line for line in first.splitlines() if not line.startswith("--")]
    told = [each.strip() for each in rest.split(";")]
    sent = ["\n".join(asked), *(each for each in told if each not in ("BEGIN", "COMMIT", ""))]
    return [re.sub(r"(?<!:):([a-z_]+)::", r"%(\1)s::", each) for each in sent]


FIND, *WRITE = _statements(SCRIPT)


def order(request: HttpRequest) -> HttpResponse:
    with connections["default"].cursor() as cursor:
        cursor.execute(FIND)
        found = dict(zip((column.name for column in cursor.description), cursor.fetchone(), strict=True))
        with atomic():
            for statement in WRITE:
                cursor.execute(statement, found)
    return HttpResponseRedirect(f"/orders/{found['order_id']}/")


urlpatterns = [path("checkout/", order)]

if os.environ.get("DJANGO_SETTINGS_MODULE") == "bench.settings_bare":
    from django.core.wsgi import get_wsgi_application

    application = get_wsgi_application()
