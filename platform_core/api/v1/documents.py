"""The description of the platform's API."""

from smartseller.api import documents

ABOUT = """
JSON in, JSON out, as in a shop's own API, which each shop has on its host. Times are UTC, amounts are strings.

# Keys
Make a key on the platform's website, under your shops. It acts in your name, with the scopes that you give it, and
never shows anything of other people's shops. Send it as `Authorization: Bearer ak_live_…`. Plans and sign-up need none.

# Lists
A list has at most 200 rows a page (`limit`). Rows come in the order in which they changed; follow `next` until it is
null. To stay up to date, ask with `modified_since` and the `as_of` of your last round.

# Errors
Every refusal, whatever its status, is
`{"error": {"code": "…", "message": "…", "param": "…", "request_id": "…", "doc_url": "…"}}`. `code` is stable and for
programs, `message` is for people and may change. Tell us the `request_id` when you ask for help.
"""


class OpenApi(documents.OpenApi):
    urlconf = "platform_core.api.v1.urls"
    about = {
        "TITLE": "Platform API",
        "DESCRIPTION": ABOUT,
        "APPEND_COMPONENTS": {
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "A person's key: `ak_live_…`."},
            },
        },
    }


class Documents(documents.Documents):
    title = "Platform API"
