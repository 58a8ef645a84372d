"""Which version of the API answers, and what of it is on its way out.

Within a version answers only gain: fields, values of new kinds of things, parameters. What would break a program is a
new version, asked for with `API-Version`; who asks for none gets the oldest that is served.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.http import http_date
from rest_framework.request import Request

from smartseller.api.refusals import Refusal

HEADER = "API-Version"
# The oldest first.
VERSIONS = ("2026-11-27",)


@dataclass(frozen=True, slots=True)
class Deprecation:
    """Something that is still there: since when it should not be used, until when it is served, what to read instead.

    Moments are aware; `link` is an absolute address.
    """

    since: datetime
    sunset: datetime
    link: str


def version_of(request: Request) -> str:
    """The version that is asked for. Errors: Refusal 400."""
    wanted = request.headers.get(HEADER)
    if wanted is None:
        return VERSIONS[0]
    if wanted not in VERSIONS:
        message = f"There is no version {wanted[:40]} of the API."
        raise Refusal(400, "api_version_unknown", message, facts={"versions": list(VERSIONS)})
    return str(wanted)


def check_sunset(deprecation: Deprecation | None) -> None:
    """Errors: Refusal 410 once the time is over."""
    if deprecation is not None and deprecation.sunset <= timezone.now():
        raise Refusal(
            410, "sunset", f"This is no longer served. See {deprecation.link}", facts={"link": deprecation.link}
        )


def say(response: Any, deprecation: Deprecation | None) -> None:
    """Which version answers, and whether to look for something else (RFC 9745, RFC 8594)."""
    response.headers.setdefault(HEADER, VERSIONS[0])
    if deprecation is not None and "Deprecation" not in response.headers:
        response["Deprecation"] = f"@{int(deprecation.since.timestamp())}"
        response["Sunset"] = http_date(deprecation.sunset.timestamp())
        known = response.headers.get("Link")
        link = f'<{deprecation.link}>; rel="deprecation"; type="text/html"'
        response["Link"] = f"{known}, {link}" if known else link
