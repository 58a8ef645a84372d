"""Money that people move: a bank transfer that somebody looks for, cash that a carrier takes."""

from collections.abc import Mapping
from decimal import Decimal

from tenant_shop.payments.errors import CallbackForged, GatewayRefused
from tenant_shop.payments.gateways.protocol import Attempt, Callback, Outcome, RefundReport, Report


class ManualGateway:
    """Asks nobody: staff say when money has come (`mark_as_paid`), and send refunds themselves."""

    code = "manual"

    def start(self, attempt: Attempt) -> Report:
        return Report(outcome=Outcome.WAITING)

    def enter(self, attempt: Attempt, given: Mapping[str, str]) -> Report:
        raise GatewayRefused(self.code, "nothing is entered")

    def read(self, attempt: Attempt) -> Report:
        return Report(outcome=Outcome.WAITING)

    def drop(self, attempt: Attempt) -> Report:
        return Report(outcome=Outcome.DROPPED)

    def capture(self, attempt: Attempt, amount: Decimal) -> Report:
        raise GatewayRefused(self.code, "nothing is authorised")

    def refund(
        self, attempt: Attempt, amount: Decimal, *, key: str, reference: str = "", again: bool = False
    ) -> RefundReport:
        return RefundReport(reference=f"by-hand-{key}", is_done=True)

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> Callback | None:
        raise CallbackForged(self.code)
