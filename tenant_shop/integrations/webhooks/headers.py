"""Which headers of its own an endpoint may have."""

import re
from collections.abc import Mapping

from tenant_shop.integrations.webhooks.errors import HeaderRefused

MOST_HEADERS = 20
LONGEST_VALUE = 1000
# RFC 9110: a token; a value of visible ASCII, with spaces inside.
NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
VALUE = re.compile(r"[!-~](?:[ -~]*[!-~])?")
# Those of the connection (RFC 9110, 7.6.1), those that say what is sent, and those that say who sends it.
OF_THE_CONNECTION = frozenset(
    {"connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization", "te", "trailer",
     "transfer-encoding", "upgrade", "http2-settings", "expect", "via"}
)  # fmt: skip
OF_THE_MESSAGE = frozenset(
    {"host", "content-length", "content-type", "content-encoding", "accept-encoding", "date", "forwarded", "user-agent"}
)
OURS = OF_THE_CONNECTION | OF_THE_MESSAGE
OUR_PREFIXES = ("webhook-", "x-forwarded-", "sec-")


def check_headers(headers: Mapping[str, str]) -> None:
    """Errors: HeaderRefused for one that cannot or must not be sent, one that is there twice, and for too many."""
    if len(headers) > MOST_HEADERS:
        raise HeaderRefused(f"At most {MOST_HEADERS} headers.")
    if len({name.lower() for name in headers}) != len(headers):
        raise HeaderRefused("Each header once.")
    for name, value in headers.items():
        if not NAME.fullmatch(name):
            raise HeaderRefused(f"“{name[:100]}” is no name of a header.")
        if name.lower() in OURS or name.lower().startswith(OUR_PREFIXES):
            raise HeaderRefused(f"{name} is set by SmartSeller.")
        if len(value) > LONGEST_VALUE or not VALUE.fullmatch(value):
            raise HeaderRefused(f"The value of {name} must be letters, digits and signs of ASCII, on one line.")
