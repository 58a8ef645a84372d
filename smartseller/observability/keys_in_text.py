"""Keys of APIs in texts that are kept: addresses in log lines, for instance."""

import re

# Also where it is cut off, or something stands right behind it.
TRACE = re.compile(r"(?<![0-9A-Za-z])((?:sk|pk|ak)_(?:live|test)_[0-9A-Za-z]{4})[0-9A-Za-z]{4,}")


def without_keys(text: str) -> str:
    """`text` in which of every key only the first letters are left."""
    return TRACE.sub(r"\1…", text) if "k_" in text else text
