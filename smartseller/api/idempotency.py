"""`Idempotency-Key` on POST: the same thing sent again, because no answer came, is not done again.

    class CaptureOrder(ShopAPIView):
        commits_in_steps = True     # asks a payment service: its verb must know the call again itself

All else runs in one transaction with the answer that is kept. A view whose verb insists on a transaction of its own
(`durable=True`) commits in steps, too.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from smartseller.api.kept import KeptAnswer, KeptAnswers
from smartseller.api.refusals import Refusal

HEADER = "Idempotency-Key"
LONGEST = 255
KEPT_HEADERS = ("Content-Type", "Location", "ETag")
# Trying again may well have another answer.
NOT_KEPT = frozenset({401, 409, 429})
AGAIN_IN = 1
Handler = Callable[..., Any]


class _Refused(Exception):
    """Carries the answer out of what is taken back."""

    def __init__(self, response: Any) -> None:
        self.response = response
        super().__init__()


def name_of(request: Request) -> str | None:
    """What the program calls the call. Errors: Refusal 400."""
    name = request.headers.get(HEADER)
    if name is None:
        return None
    if not name or len(name) > LONGEST or not name.isascii() or not name.isprintable():
        message = f"{HEADER} has 1 to {LONGEST} printable ASCII characters, such as a UUID."
        raise Refusal(400, "idempotency_key_invalid", message)
    return str(name)


@dataclass(frozen=True, slots=True)
class NamedCall:
    """A call with a name: of which key, and what it is kept as among that key's."""

    key_id: UUID
    name: str


def once(view: Any, request: Request, handler: Handler, call: NamedCall | None) -> Handler:
    """`handler`, so that it does what the request asks for once in 24 hours; as it is for a call without a name."""
    if call is None:
        return handler
    mark = fingerprint_of(request)
    run = _in_steps if view.commits_in_steps else _at_once

    def handle(request: Request, *args: Any, **kwargs: Any) -> Any:
        return run(view, request, lambda: handler(request, *args, **kwargs), call, mark)

    return handle


def _at_once(view: Any, request: Request, do: Handler, call: NamedCall, mark: str) -> Any:
    now, answers = timezone.now(), view.kept
    with answers.transaction():
        if not answers.take_turn(call.key_id, call.name):
            raise _in_use()
        known = answers.known(call.key_id, call.name, at=now)
        if known is not None:
            return _again(known, mark)
        response = _answer(view, request, do)
        if _is_kept(response):
            answers.keep(call.key_id, call.name, mark, at=now, **_kept(response, view))
    return response


def _answer(view: Any, request: Request, do: Handler) -> Any:
    """The answer, whole; what a refused call has written is taken back."""
    try:
        with view.kept.transaction():
            response = do()
            if response.status_code >= 400:
                raise _Refused(response)
    except _Refused as refused:
        response = refused.response
    except Exception as error:
        response = view.handle_exception(error)
    return _whole(view, request, response)


def _in_steps(view: Any, request: Request, do: Handler, call: NamedCall, mark: str) -> Any:
    now: datetime = timezone.now()
    answers: KeptAnswers = view.kept
    mine = answers.lease(call.key_id, call.name, mark, at=now)
    if mine is None:
        known = answers.known(call.key_id, call.name, at=now)
        if known is None:
            raise _in_use()
        return _again(known, mark)
    is_kept = False
    try:
        try:
            response = do()
        except Exception as error:
            response = view.handle_exception(error)
        response = _whole(view, request, response)
        if is_kept := _is_kept(response):
            answers.keep_leased(mine, **_kept(response, view))
    finally:
        if not is_kept:
            answers.let_go(mine)
    return response


def _again(known: KeptAnswer, mark: str) -> HttpResponse:
    if known.fingerprint != mark:
        raise Refusal(
            422, "idempotency_key_reused", f"This {HEADER} was another call's. Give each call a name of its own."
        )
    if known.status is None:
        raise _in_use()
    if known.status == 410 and not known.body:
        raise Refusal(410, "answer_erased", "This was done. Its answer named somebody who was erased since.")
    response = HttpResponse(known.body, status=known.status)
    del response["Content-Type"]
    for header, value in known.headers.items():
        response[header] = value
    response["Idempotent-Replayed"] = "true"
    return response


def _in_use() -> Refusal:
    message = f"The call with this {HEADER} is being answered. Ask again for its answer."
    return Refusal(409, "idempotency_key_in_use", message, headers={"Retry-After": str(AGAIN_IN)})


def _whole(view: Any, request: Request, response: Any) -> Any:
    final = view.finalize_response(request, response)
    return final.render() if isinstance(final, Response) else final


def _is_kept(response: Any) -> bool:
    return response.status_code < 500 and response.status_code not in NOT_KEPT and not response.streaming


def _kept(response: Any, view: Any) -> dict[str, Any]:
    """What of the answer is kept: without what is shown once, which stands in no row (`shown_once` of the view)."""
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    body = response.content.decode()
    secret = [name for name in getattr(view, "shown_once", ()) if response.status_code < 400]
    if secret:
        body = json.dumps({**json.loads(body), **dict.fromkeys(secret)}, ensure_ascii=False, separators=(",", ":"))
    return {"status": response.status_code, "headers": headers, "body": body}


def fingerprint_of(request: Request) -> str:
    """What the call asks for: method, address and body. Of a form with files its fields and the files' contents, as
    what stands between them is another text every time.
    """
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type.startswith("multipart/"):
        form: Any = request.data
        for name in sorted(form):
            for value in form.getlist(name):
                digest.update(f"\n{name}=".encode())
                digest.update(_content(value))
        return digest.hexdigest()
    try:
        digest.update(request._request.body)
    except RequestDataTooBig as error:
        raise Refusal(413, "too_large", "This is larger than what is taken here at once.") from error
    return digest.hexdigest()


def _content(value: Any) -> bytes:
    if not hasattr(value, "chunks"):
        return str(value).encode()
    digest = hashlib.sha256()
    for chunk in value.chunks():
        digest.update(chunk)
    value.seek(0)
    return digest.digest()
