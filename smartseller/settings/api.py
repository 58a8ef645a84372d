"""The API: how DRF behaves, and what its description says of itself."""

REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "smartseller.api.schema.ApiSchema",
    # An address says what; how is said by `Accept`.
    "URL_FORMAT_OVERRIDE": None,
}
ABOUT = """
JSON in, JSON out. Times are UTC, amounts are strings in the shop's currency with as many decimals as it has.

# Lists
A list has at most 200 rows a page (`limit`). Rows come in the order in which they changed; follow `next` until it is
null. To stay up to date, ask with `modified_since` and the `as_of` of your last round. `fields=name,price` leaves the
rest out, `expand=brand` puts what an id means beside it.

# Changing
`PATCH` changes what it names. Each row has an `ETag`: send it as `If-Match`, and 412 tells you that somebody else was
faster. A body with a field that does not exist is refused, and nothing of it is done.

# Errors
Every refusal, whatever its status, is
`{"error": {"code": "…", "message": "…", "param": "…", "request_id": "…", "doc_url": "…"}}`. `code` is stable and for
programs, `message` is for people and may change. `param` is the field or parameter that is meant, as in
`variants.0.price`; `details` lists all that is wrong with a body. Tell us the `request_id` when you ask for help.

400: what was sent cannot be meant. 401: nobody is logged in. 403: the right is missing. 404: there is nothing here.
409: a rule of the business refuses it. 412: it was changed meanwhile. 422: a value is refused. 429: too many requests.
503: try again later.
"""
SPECTACULAR_SETTINGS = {
    "TITLE": "Shop API",
    "VERSION": "1",
    "DESCRIPTION": ABOUT,
    "OAS_VERSION": "3.1.0",
    "SERVERS": [{"url": "/api/v1"}],
    "SCHEMA_PATH_PREFIX": "/",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "COMPONENT_SPLIT_PATCH": True,
    "POSTPROCESSING_HOOKS": ["smartseller.api.samples.with_examples", "smartseller.api.samples.with_tags"],
    "APPEND_COMPONENTS": {
        "securitySchemes": {
            "key": {"type": "http", "scheme": "bearer", "description": "A secret key: `sk_live_…` or `sk_test_…`."},
            "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
        },
    },
}
