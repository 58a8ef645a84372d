"""The demo gateway as it may be met: up, down, or deaf: doing what it is asked and losing the answer."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from typing import Any
from unittest import mock

from tenant_shop.payments.errors import GatewayUnavailable
from tenant_shop.payments.gateways.demo import DemoGateway

QUESTIONS = ("start", "enter", "read", "drop", "capture", "refund")


class OtherEnd:
    """`mood` is up, down or deaf; `given_back` is what the gateway gave back, by the key it was asked under."""

    def __init__(self) -> None:
        self.mood = "up"
        self.given_back: dict[str, Decimal] = {}
        self._is_inside = False

    @contextmanager
    def played(self) -> Iterator[None]:
        """Every question to the demo gateway comes here."""
        with ExitStack() as stack:
            for name in QUESTIONS:
                stack.enter_context(mock.patch.object(DemoGateway, name, self._heard(getattr(DemoGateway, name))))
            yield

    @contextmanager
    def unheard(self) -> Iterator[None]:
        """What is asked meanwhile is answered, whatever its mood: by the test, not by the shop."""
        before, self._is_inside = self._is_inside, True
        try:
            yield
        finally:
            self._is_inside = before

    def _heard(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def question(gateway: DemoGateway, *args: Any, **how: Any) -> Any:
            if self._is_inside:  # what the gateway asks itself
                return real(gateway, *args, **how)
            if self.mood == "down":
                raise GatewayUnavailable(gateway.code, "down")
            self._is_inside = True
            try:
                answer = real(gateway, *args, **how)
            finally:
                self._is_inside = False
            if "key" in how:
                self.given_back[how["key"]] = args[1]
            if self.mood == "deaf":
                raise GatewayUnavailable(gateway.code, "the answer was lost")
            return answer

        return question
