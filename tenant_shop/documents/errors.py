"""Why a document cannot be had."""

from uuid import UUID

from smartseller.errors import RuleViolation


class SellerUnknown(RuleViolation):
    """An invoice says who sells: nobody has written down where the shop is."""

    code = "seller_unknown"

    def __init__(self) -> None:
        super().__init__("An invoice says who sells. Write your address under Settings, Invoices first.")


class OrderNotInvoiceable(RuleViolation):
    """A cancelled order without an invoice gets none."""

    code = "order_not_invoiceable"

    def __init__(self, number: str) -> None:
        self.number = number
        super().__init__(f"Order {number} was cancelled before an invoice was issued; it gets none.")


class NoInvoiceForTests(RuleViolation):
    """A test order is deleted when it has served: it must take no number."""

    code = "no_invoice_for_tests"

    def __init__(self, number: str) -> None:
        self.number = number
        super().__init__(f"Order {number} is a test order, and gets no invoice: its number would leave a gap.")


class NumberGivenOut(RuleViolation):
    """Numbers of documents only rise: one that was given out, or skipped, never comes again."""

    code = "number_given_out"

    def __init__(self, number: int, free: int) -> None:
        self.number, self.free = number, free
        super().__init__(f"{number} cannot be the next number. The next one that is free is {free}.")


class NumberTooHigh(RuleViolation):
    """A number that leaves no room for those after it."""

    code = "number_too_high"

    def __init__(self, number: int, highest: int) -> None:
        self.number, self.highest = number, highest
        super().__init__(f"{number} is too high a number to go on from: at most {highest}.")


class DocumentNotFound(RuleViolation):
    """There is no such document, or it is about another order."""

    code = "document_not_found"
    status = 404

    def __init__(self, document_id: UUID | str) -> None:
        self.document_id = document_id
        super().__init__("There is no such document.")


class TooManyToPrint(RuleViolation):
    """More was chosen than is printed at once."""

    code = "too_many_to_print"

    def __init__(self, chosen: int, most: int) -> None:
        self.chosen, self.most = chosen, most
        super().__init__(f"{chosen} orders are chosen. At most {most} are printed at once: choose fewer.")


class NothingToPrint(RuleViolation):
    """None of what was chosen has anything to print."""

    code = "nothing_to_print"
