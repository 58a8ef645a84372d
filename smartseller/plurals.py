"""How many there are of something, in English words: for commands and log lines, which are not translated."""


def number_of(count: int, one: str, more: str = "") -> str:
    """`1 shop`, `2 shops`, `1,000 shops`; `more` is what `one` and an `s` would not be."""
    return f"{count:,} {one if count == 1 else more or f'{one}s'}"
