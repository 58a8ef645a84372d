"""Pack sizes: how many pieces one unit of sale holds.

A merchant states it as the specification `Pack size` ("12", "12 pairs"). Prices, stock and quantities count packs.
"""

import re
from typing import Any

PACK_SIZE = "Pack size"
LARGEST = 1_000_000

_LEADING_NUMBER = re.compile(r"\s*(?:\D{0,20}\s)?(\d{1,7})\b", re.ASCII)


def pieces_in(stated: Any) -> int | None:
    """The number of pieces that a stated pack size ("12 pairs", "carton of 6", 24) begins with; None without one.

    A pack of one piece is no pack.
    """
    found = (
        _LEADING_NUMBER.match(str(stated)) if isinstance(stated, str | int) and not isinstance(stated, bool) else None
    )
    pieces = int(found[1]) if found else 0
    return pieces if 1 < pieces <= LARGEST else None
