"""Errors of the API that arise before it or behind it: programs get JSON there, too."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from smartseller.observability.request_id import current_request_id

API = "/api/"
DOCUMENTS = "/api/v1/docs/#section/Errors"
# What the fence, the limits and the last resort answer: by status, a code and a sentence.
KNOWN = {
    202: ("not_ready", "The shop is being prepared. Try again in a moment."),
    400: ("bad_request", "The request could not be understood."),
    402: ("shop_suspended", "The shop is suspended until its bill is paid."),
    403: ("permission_denied", "You may not do this."),
    404: ("not_found", "There is nothing here."),
    405: ("method_not_allowed", "This cannot be done here."),
    409: ("conflict", "Another change came in between. Nothing was saved."),
    410: ("shop_closed", "This shop was closed."),
    413: ("too_large", "The request is larger than is taken here."),
    429: ("too_many_requests", "Too many requests. Wait before the next one."),
    500: ("internal_error", "Something went wrong here. Nothing is your fault; tell us the request's id."),
    503: ("not_ready", "A part of the system cannot answer now. Trying again later may help."),
}


class ApiErrorsMiddleware:
    """Puts JSON in the place of pages that say no to a request under `/api/`; status and headers stay."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not request.path_info.startswith(API) or not isinstance(response, HttpResponse):
            return response
        status = response.status_code
        is_page = not response.headers.get("Content-Type", "").startswith("application/json")
        if not is_page or not (status >= 400 or status == 202) or (settings.DEBUG and status == 500):
            return response
        code, message = KNOWN.get(status, KNOWN[500 if status >= 500 else 400])
        response.content = json.dumps(error_body(code, message)).encode()
        response.headers["Content-Type"] = "application/json"
        response.headers.setdefault("Cache-Control", "no-store, private")
        del response.headers["Refresh"]
        response.headers.pop("Content-Length", None)
        return response


def error_body(
    code: str, message: str, *, param: str | None = None, more: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The body of every error; `param` is the part of the request that is meant, None for all of it."""
    return {
        "error": {
            "code": code,
            "message": message,
            "param": param,
            "request_id": current_request_id(),
            "doc_url": DOCUMENTS,
            **(more or {}),
        }
    }
