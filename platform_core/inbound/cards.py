"""`POST /billing/callbacks/stripe/`: the gateway tells what became of a charge, or of a card."""

import logging
from datetime import UTC

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from platform_core.billing.cards.hear import hear
from smartseller.errors import NotReady, RuleViolation

logger = logging.getLogger(__name__)

# Messages of gateways have a few kilobytes.
LARGEST = 64 * 1024
RETRY_AFTER_SECONDS = 60


@csrf_exempt
@never_cache
@require_POST
def card_callback(request: HttpRequest) -> HttpResponse:
    """200 once what the message says is entered, or needs not be; 4xx when it is forged; 503 when it should be sent
    again. The signature says who sends it: no cookie is looked at."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length.isdecimal():
        return _answer(411, "Say how long the message is.")
    if int(length) > LARGEST:
        return _answer(413, "The message is too large.")
    try:
        is_entered = hear(request.headers, request.body, today=timezone.now().astimezone(UTC).date())
    except RuleViolation as error:
        logger.warning("a message about cards was refused: %s", error)
        return _answer(error.status, str(error))
    except NotReady as error:
        response = _answer(error.status, str(error))
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return response
    return _answer(200, "Entered." if is_entered else "Nothing to enter.")


def _answer(status: int, text: str) -> HttpResponse:
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8")
