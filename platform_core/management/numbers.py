"""Numbers that options take: what cannot be meant is refused as the command is read, with the bounds in the message."""

from argparse import ArgumentTypeError
from collections.abc import Callable

# More threads than this wait for each other, and for connections.
AT_ONCE = 64
LONGEST_LOCK_TIMEOUT_SECONDS = 3600


def whole(*, least: int = 1, most: int | None = None) -> Callable[[str], int]:
    """Reads a whole number from `least` to `most`."""
    bounds = f"from {least} to {most}" if most is not None else f"of at least {least}"

    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = None
        if number is None or number < least or (most is not None and number > most):
            raise ArgumentTypeError(f"{text!r} is no whole number {bounds}")
        return number

    return read


def lock_timeout(text: str) -> float:
    """Reads seconds that a statement may wait for a lock: more than 0, at most an hour."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= LONGEST_LOCK_TIMEOUT_SECONDS:  # nor NaN, which is neither
        raise ArgumentTypeError(f"{text!r} is no number of seconds above 0, and at most {LONGEST_LOCK_TIMEOUT_SECONDS}")
    return seconds


at_once = whole(most=AT_ONCE)
