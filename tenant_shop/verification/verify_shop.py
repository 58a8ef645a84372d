"""Checking every rule over every row of the active shop."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import groupby, islice
from typing import Any

from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.orders.models import Order
from tenant_shop.payments.models import PaymentEntry
from tenant_shop.payments.status import payment_status
from tenant_shop.verification.rule import Rule
from tenant_shop.verification.rules import RULES

# Findings named for each rule; a shop whose books are wrong throughout has no use for a million lines.
MOST_NAMED = 100
PAYMENT_STATUS = Rule("payment_status", "An order's payment status is what its ledger says.", "")
ROWS_AT_ONCE = 2000


def _nobody(rule: str) -> None:
    """Hears nothing."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A row that breaks a rule: what it says, and what it should say."""

    rule: str
    kind: str
    id: str
    name: str
    recorded: str
    computed: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """A rule, how many rows break it (counted up to one more than are named), and the first of them."""

    rule: str
    promise: str
    findings: tuple[Finding, ...]
    has_more: bool

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def verify_shop(tell: Callable[[str], None] = _nobody) -> list[Finding]:
    """Every row that breaks a rule, at most a hundred for each rule; empty when the books are right."""
    return [finding for verdict in verdicts(tell) for finding in verdict.findings]


def verdicts(tell: Callable[[str], None] = _nobody) -> list[Verdict]:
    """Each rule with what breaks it. `tell` hears the name of each rule before it is checked.

    All rules see the shop at one moment, whoever buys meanwhile; nothing is locked or changed.
    """
    with shop_transaction(durable=True):
        with shop_connection().cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        found = []
        for rule in RULES:
            tell(rule.name)
            found.append(_verdict(rule, _broken(rule)))
        tell(PAYMENT_STATUS.name)
        found.append(_verdict(PAYMENT_STATUS, _wrong_payment_status()))
    return found


def _verdict(rule: Rule, findings: Iterator[Finding]) -> Verdict:
    named = tuple(islice(findings, MOST_NAMED))
    return Verdict(rule.name, rule.promise, named, has_more=next(findings, None) is not None)


def _broken(rule: Rule) -> Iterator[Finding]:
    with shop_connection().cursor() as cursor:
        cursor.execute(rule.broken)
        for kind, pk, name, recorded, computed in cursor:
            yield Finding(rule.name, kind, str(pk), name, recorded, computed)


def _wrong_payment_status() -> Iterator[Finding]:
    """By the rule that the shop itself works with, over all orders, some thousand rows at a time."""
    entries = (
        PaymentEntry.objects.order_by("payment__order_id", "created_at", "id")
        .select_related("payment")
        .iterator(chunk_size=ROWS_AT_ONCE)
    )
    ledgers = groupby(entries, key=lambda entry: entry.payment.order_id)
    order_id, ledger = next(ledgers, (None, iter(())))
    for order in Order.objects.order_by("pk").iterator(chunk_size=ROWS_AT_ONCE):
        of_this: list[PaymentEntry] = []
        if order.pk == order_id:
            of_this = list(ledger)
            order_id, ledger = next(ledgers, (None, iter(())))
        expected = payment_status(order.total_amount, of_this, credited=order.credited_amount)
        if order.payment_status != expected:
            yield Finding(
                PAYMENT_STATUS.name, "order", str(order.pk), order.order_number, order.payment_status, expected.value
            )
