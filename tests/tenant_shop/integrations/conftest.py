"""Receivers on this machine, and endpoints for them. The plan of `shop` has an API."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tenant_shop.integrations.models import Webhook
from tenant_shop.integrations.webhooks.keep_endpoint import EndpointFields, make_endpoint
from tests.receiver import Receiver, receiving

Listening = Callable[..., tuple[Webhook, str]]


@pytest.fixture
def here(settings) -> None:
    """Receivers may be on this machine."""
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True


@pytest.fixture
def receiver(here) -> Iterator[Callable[..., Receiver]]:
    """Starts receivers: `receiver(answers(500))`."""
    with ExitStack() as stack:
        yield lambda behave=None: stack.enter_context(receiving(behave))


@pytest.fixture
def listening() -> Listening:
    """Makes an endpoint for a receiver; the endpoint and its secret."""

    def make(receiver: Receiver, *events: str, **values: object) -> tuple[Webhook, str]:
        fields = {"name": "Books", "headers": {}, **values}
        return make_endpoint(EndpointFields(url=receiver.url, events=events or ("order.created",), **fields))

    return make
