"""Numbers under barcodes."""


def gtin(barcode: str) -> str:
    """The barcode when it is a Global Trade Item Number of 8, 12, 13 or 14 digits, else nothing.

    Source: GS1 General Specifications, check digit: from the right, digits weigh 3 and 1 in turn.
    """
    digits = barcode.strip().replace(" ", "").replace("-", "")
    if len(digits) not in (8, 12, 13, 14) or not (digits.isascii() and digits.isdigit()) or not int(digits):
        return ""
    weighed = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    return digits if weighed % 10 == 0 else ""
