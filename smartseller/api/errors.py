"""How the API says no: one shape for everything, `{"error": {"code", "message", "param", "request_id", "doc_url"}}`."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ObjectDoesNotExist
from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.db.models import ProtectedError
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.response import Response

from smartseller.api_errors import error_body
from smartseller.errors import NotReady, SmartSellerError

MOST_DETAILS = 50


class BadRequest(exceptions.APIException):
    """What was sent cannot be meant; `param` names the part of it."""

    status_code = status.HTTP_400_BAD_REQUEST
    default_code = "invalid"

    def __init__(self, message: str, *, code: str = "invalid", param: str | None = None) -> None:
        super().__init__(message, code)
        self.param = param


class Changed(exceptions.APIException):
    """The row is no longer what `If-Match` says; nothing was changed."""

    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_code = "changed_meanwhile"
    default_detail = "This was changed since you read it. Read it again, and decide anew."


def answer_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """The error as JSON under its status; None for a fault of the program (500) and where the fence answers (503)."""
    match error:
        case SmartSellerError() if error.status < 500 or isinstance(error, NotReady):
            return _answer(
                error.code,
                str(error),
                error.status,
                param=getattr(error, "param", None),
                headers={} if error.retry_after is None else {"Retry-After": str(error.retry_after)},
            )
        case OperationalError() | InterfaceError() | SmartSellerError():
            return None
        case Http404() | ObjectDoesNotExist():
            return _answer("not_found", "There is nothing here.", status.HTTP_404_NOT_FOUND)
        case DjangoPermissionDenied():
            return _answer("permission_denied", "You may not do this.", status.HTTP_403_FORBIDDEN)
        case DjangoValidationError():
            return _invalid(list(_of_model(error)))
        case ProtectedError():
            return _answer("in_use", "Something else needs this: it cannot be deleted.", status.HTTP_409_CONFLICT)
        case IntegrityError():
            words = "Another change came in between, or something here is used elsewhere. Nothing was saved."
            return _answer("conflict", words, status.HTTP_409_CONFLICT)
        case DataError():
            return _answer("invalid", "A value is larger than can be kept.", status.HTTP_400_BAD_REQUEST)
        case exceptions.ValidationError():
            return _invalid(list(_of_serializer(error.detail)))
        case exceptions.APIException():
            return _of_framework(error)
    return None


def _of_framework(error: exceptions.APIException) -> Response:
    challenge, wait = getattr(error, "auth_header", None), getattr(error, "wait", None)
    headers = {
        **({"WWW-Authenticate": challenge} if challenge else {}),
        **({"Retry-After": str(int(wait) + 1)} if wait else {}),
        **getattr(error, "headers", {}),
    }
    detail = error.detail
    message = str(detail) if isinstance(detail, str) else "The request is not valid."
    code = str(getattr(detail, "code", None) or error.default_code)
    param = getattr(error, "param", None)
    return _answer(code, message, error.status_code, param=param, headers=headers, more=getattr(error, "facts", None))


def _invalid(found: list[dict[str, str | None]]) -> Response:
    """The first thing that is wrong as the error itself, and each of them in `details`."""
    first = found[0] if found else {"param": None, "code": "invalid", "message": "The request is not valid."}
    return _answer(
        str(first["code"]),
        str(first["message"]),
        status.HTTP_400_BAD_REQUEST,
        param=first["param"],
        more={"details": found[:MOST_DETAILS]},
    )


def _of_serializer(detail: Any, path: str = "") -> Iterator[dict[str, str | None]]:
    """Leaves of what a serializer found, each with the way to it: `variants.0.price`."""
    match detail:
        case Mapping():
            for name, inner in detail.items():
                here = path if name == "non_field_errors" else f"{path}.{name}" if path else str(name)
                yield from _of_serializer(inner, here)
        case list() if any(not isinstance(each, str) for each in detail):
            for place, inner in enumerate(detail):
                yield from _of_serializer(inner, f"{path}.{place}" if path else str(place))
        case list():
            for each in detail:
                yield from _of_serializer(each, path)
        case _:
            code = str(getattr(detail, "code", None) or "invalid")
            yield {"param": path or None, "code": code, "message": str(detail)}


def _of_model(error: DjangoValidationError) -> Iterator[dict[str, str | None]]:
    """What a model's own validation found, by field."""
    by_field = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
    for name, errors in by_field.items():
        for each in errors:
            yield {
                "param": None if name == NON_FIELD_ERRORS else name,
                "code": str(each.code or "invalid"),
                "message": " ".join(each.messages),
            }


def _answer(
    code: str,
    message: str,
    http_status: int,
    *,
    param: str | None = None,
    headers: Mapping[str, str] | None = None,
    more: Mapping[str, Any] | None = None,
) -> Response:
    return Response(error_body(code, message, param=param, more=more), status=http_status, headers=dict(headers or {}))
