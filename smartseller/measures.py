"""Weights and lengths: kept in grams and centimetres, written and read in the units that people use."""

from decimal import ROUND_HALF_UP, Decimal

# Exact by the international agreement of 1959: a pound is 0.45359237 kg, an inch 2.54 cm.
GRAMS = {
    "g": Decimal(1),
    "kg": Decimal(1000),
    "oz": Decimal("28.349523125"),
    "lb": Decimal("453.59237"),
}
CENTIMETRES = {"mm": Decimal("0.1"), "cm": Decimal(1), "in": Decimal("2.54")}
SIZES = {**GRAMS, **CENTIMETRES}
# What columns keep: hundredths of a gram and of a centimetre.
STORED = Decimal("0.01")
# With so many decimals of the largest unit every stored value can be told from the next.
MOST_DECIMALS = 6


def stored_of(value: Decimal, unit: str) -> Decimal:
    """`value` of `unit` in grams, or centimetres. Rounding: half up, to the hundredth. Errors: KeyError for no unit."""
    return (value * SIZES[unit]).quantize(STORED, ROUND_HALF_UP)


def written_in(stored: Decimal, unit: str) -> str:
    """`stored` grams, or centimetres, as a number of `unit`: the shortest that is read as the same again.

    Whoever typed 1.1 lb finds 1.1, and a form that nobody touches changes nothing.
    """
    exact = stored / SIZES[unit]
    for decimals in range(MOST_DECIMALS):
        short = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
        if stored_of(short, unit) == stored.quantize(STORED, ROUND_HALF_UP):
            return f"{short:f}"
    return f"{exact.quantize(Decimal(1).scaleb(-MOST_DECIMALS), ROUND_HALF_UP):f}"
