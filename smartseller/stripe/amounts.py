"""Amounts as Stripe counts them."""

from decimal import Decimal

# Stripe's own list; everything else it counts in hundredths. Source: https://docs.stripe.com/currencies
WITHOUT_DECIMALS = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"]
)
WITH_THREE_DECIMALS = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])


def minor_amount(amount: Decimal, currency: str) -> int:
    """`amount` of `currency` as Stripe counts it. Errors: ValueError for one that Stripe cannot express."""
    decimals = _decimals(currency)
    counted = amount.scaleb(decimals)
    # Of currencies with three decimals Stripe takes the last one as zero only.
    if counted != counted.to_integral_value() or (decimals == 3 and counted % 10):
        raise ValueError(f"{amount} {currency} cannot be paid by card")
    return int(counted)


def major_amount(counted: int, currency: str) -> Decimal:
    """What Stripe counted, in major units of `currency`."""
    return Decimal(counted).scaleb(-_decimals(currency))


def _decimals(currency: str) -> int:
    return 0 if currency in WITHOUT_DECIMALS else 3 if currency in WITH_THREE_DECIMALS else 2
