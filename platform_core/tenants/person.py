"""Which merchants are one person, as far as a mail address says so."""

import re

TAG = re.compile(r"\+[^@]*@")
# Houses that deliver to one mailbox however many dots stand in its name. Others tell names apart by them.
# Source: https://support.google.com/mail/answer/7436150
DOTS_SAY_NOTHING = frozenset({"gmail.com", "googlemail.com"})
ONE_NAME = "gmail.com"

# The same in SQL, of the column that is filled in.
PERSON_SQL = r"""
regexp_replace(
    CASE WHEN lower({0}) ~ '@(gmail|googlemail)\.com$'
         THEN replace(split_part(lower({0}), '@', 1), '.', '') || '@gmail.com'
         ELSE lower({0}) END,
    '\+[^@]*@', '@')
"""


def person_of(email: str) -> str:
    """The mailbox behind an address: whatever its letters' case, without the tag that anybody can add, and without the
    dots that say nothing where the mailbox is Google's."""
    address = TAG.sub("@", email.strip().lower())
    name, _, house = address.rpartition("@")
    return f"{name.replace('.', '')}@{ONE_NAME}" if house in DOTS_SAY_NOTHING else address
