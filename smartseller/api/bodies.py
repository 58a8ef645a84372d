"""Reading bodies strictly: what two programs could read in two ways is refused before anything is done."""

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import IO, Any

from rest_framework import exceptions, status
from rest_framework.parsers import BaseParser

from smartseller.api.errors import BadRequest

MEGABYTE = 1_000_000
DEEPEST = 20
# Digits of a number; a whole one has to fit into a bigint.
LONGEST_NUMBER = 30
LARGEST = 2**63 - 1


class TooLarge(exceptions.APIException):
    """The body is longer than one of JSON may be."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"
    default_detail = "A body may have 1 MB."


class StrictJSON(BaseParser):
    """An object in JSON (RFC 8259), with each key once, numbers that are numbers, and text that can be kept.

    Refused with 400: another encoding than UTF-8, duplicate keys, `NaN` and `Infinity`, numbers of more than 30 digits
    or beyond 64 bits, NUL and lone surrogates in texts, more than 20 levels. Longer than 1 MB: 413.
    """

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        content = stream.read(MEGABYTE + 1)
        if len(content) > MEGABYTE:
            raise TooLarge
        return read_object(content)


def read_object(content: bytes) -> dict[str, Any]:
    """The object; numbers with a point as Decimal. Errors: BadRequest."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _malformed("it is not UTF-8") from error
    try:
        found = json.loads(
            text, object_pairs_hook=_once, parse_constant=_no_number, parse_int=_whole, parse_float=_fraction
        )
    except RecursionError as error:
        raise _too_deep() from error
    except json.JSONDecodeError as error:
        raise _malformed(f"{error.msg}, line {error.lineno}, column {error.colno}") from error
    if not isinstance(found, dict):
        raise _malformed("an object was expected")
    _check(found)
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise BadRequest(f"The key “{key[:100]}” is there twice.", code="duplicate_key", param=key[:100])
        found[key] = value
    return found


def _no_number(name: str) -> Any:
    raise BadRequest(f"{name} is no number.", code="malformed_json")


def _whole(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER or abs(int(digits)) > LARGEST:
        raise BadRequest("A number is larger than can be kept.", code="number_too_large")
    return int(digits)


def _fraction(digits: str) -> Decimal:
    try:
        value = Decimal(digits) if len(digits) <= LONGEST_NUMBER else None
    except InvalidOperation:  # an exponent that Decimal itself has no room for
        value = None
    if value is None or (value and abs(value.adjusted()) > LONGEST_NUMBER):
        raise BadRequest("A number is larger or finer than can be kept.", code="number_too_large")
    return value


def _check(found: dict[str, Any]) -> None:
    """Depth and texts, without recursion: what was sent could be deeper than our stack."""
    waiting: list[tuple[Any, int, str]] = [(found, 1, "")]
    while waiting:
        value, depth, path = waiting.pop()
        if depth > DEEPEST:
            raise _too_deep()
        match value:
            case dict():
                for key, inner in value.items():
                    _check_text(key, path)
                    waiting.append((inner, depth + 1, f"{path}.{key}" if path else key))
            case list():
                waiting += [(inner, depth + 1, path) for inner in value]
            case str():
                _check_text(value, path)


def _check_text(text: str, path: str) -> None:
    if "\x00" in text:
        raise BadRequest("A text holds a NUL character.", code="null_characters_not_allowed", param=_shown(path))
    if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
        raise BadRequest("A text holds half a character.", code="malformed_text", param=_shown(path))


def _shown(path: str) -> str | None:
    return path[:100].encode("utf-8", "replace").decode().replace("\x00", "?") or None


def _too_deep() -> BadRequest:
    return BadRequest(f"The body is nested deeper than {DEEPEST} levels.", code="too_deep")


def _malformed(why: str) -> BadRequest:
    return BadRequest(f"The body cannot be read: {why}.", code="malformed_json")
