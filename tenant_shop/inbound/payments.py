"""`POST /payments/callbacks/<gateway>/`: a gateway tells what became of a payment."""

import logging

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from smartseller.errors import NotReady, RuleViolation
from tenant_shop.payments.receive import receive

logger = logging.getLogger(__name__)

# Messages of gateways have a few kilobytes.
LARGEST = 64 * 1024
RETRY_AFTER_SECONDS = 60


@csrf_exempt
@never_cache
@require_POST
def payment_callback(request: HttpRequest, gateway: str) -> HttpResponse:
    """200 once the message is entered, or needs not be; 400 when it is forged; 503 when it should be sent again.

    The signature says who sends it: no cookie is looked at. The answer's text is for people who read the gateway's log.
    """
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length.isdecimal():
        return _answer(411, "Say how long the message is.")
    if int(length) > LARGEST:
        return _answer(413, "The message is too large.")
    try:
        is_entered = receive(gateway, request.headers, request.body)
    except RuleViolation as error:
        logger.warning("a message of %s was refused: %s", gateway, error)
        return _answer(error.status, str(error))
    except NotReady as error:
        response = _answer(error.status, str(error))
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return response
    return _answer(200, "Entered." if is_entered else "Nothing to enter.")


def _answer(status: int, text: str) -> HttpResponse:
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8")
