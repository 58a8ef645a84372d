"""Which merchants are one person, as far as a mail address says so."""

import re

TAG = re.compile(r"\+[^@]*@")


def person_of(email: str) -> str:
    """The mailbox behind an address: whatever its letters' case, and without the tag that anybody can add."""
    return TAG.sub("@", email.strip().lower())
