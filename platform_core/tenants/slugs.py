"""A shop's address and the name of its database, which follows from it."""

import re

from django.conf import settings

from smartseller.errors import RuleViolation

LONGEST_SLUG = 50
# A stricter RFC 1123 label: no two hyphens in a row, so that `__` in a database's name never comes from a slug (and
# `xn--` stays with internationalised names). The database has the same rule: `tenants_slug_label`.
SLUG_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"
# PostgreSQL cuts longer names off (NAMEDATALEN - 1).
LONGEST_DATABASE_NAME_BYTES = 63
# Their databases' names are the platform's own databases'. The database has the same rule: `tenants_slug_reserved`.
PLATFORM_DATABASE_SLUGS = ("platform", "tenant-template")

RESERVED_WORDS = frozenset(
    """
    about abuse account accounts admin administrator api app apps assets auth autoconfig autodiscover beta billing blog
    broadcasthost callback cdn checkout console contact dashboard dev developer developers dns docs download
    email example files ftp git health healthz help hostmaster imap img internal isatap jobs legal localdomain
    localhost login logout mail marketing media metrics mx news noc ns ns1 ns2 ns3 ns4 oauth operator ops owner pay
    payment payments pop pop3 postmaster pricing privacy private public readyz register root sales
    secure security shop shops signin signup smartseller smtp ssh ssl sso staff staging static status store stores
    support sysadmin system team template tenant terms test tls usenet uucp webhook webhooks webmail
    webmaster wpad www www1 www2
    """.split()  # noqa: SIM905 - a list of a hundred words reads better without a hundred quotes
) | frozenset(PLATFORM_DATABASE_SLUGS)
# Names of databases that the fleet makes for itself begin with these words.
RESERVED_PREFIXES = ("ended-", "spare-", "tenant-template-")


class SlugRefused(RuleViolation):
    """A word cannot be the address of a shop."""

    code = "slug_refused"

    def __init__(self, slug: str, reason: str) -> None:
        self.slug, self.reason = slug, reason
        super().__init__(f"“{slug}” cannot be a shop's address: {reason}.")


class SlugMalformed(SlugRefused):
    """The word is no host label."""

    code = "slug_malformed"
    status = 422


class SlugReserved(SlugRefused):
    """The word belongs to the platform."""

    code = "slug_reserved"


def check_slug(slug: str) -> str:
    """`slug` itself when a shop may have it as its address; whether it is still free, only the database knows.

    Errors: SlugMalformed, SlugReserved.
    Source: RFC 1123, section 2.1 (labels); RFC 2142 (mailbox names) for some of the reserved words.
    """
    if not slug or len(slug) > LONGEST_SLUG:
        raise SlugMalformed(slug, f"it must have 1 to {LONGEST_SLUG} characters")
    if not re.fullmatch(SLUG_PATTERN, slug):
        raise SlugMalformed(slug, "use lower-case letters, digits and single hyphens between them")
    if slug in RESERVED_WORDS or slug.startswith(RESERVED_PREFIXES):
        raise SlugReserved(slug, "the platform keeps this word for itself")
    return slug


def database_name(slug: str) -> str:
    """The name of a new shop's database: at most 63 bytes, and different for different slugs.

    Errors: as `check_slug`; SlugMalformed when this installation's `DATABASE_PREFIX` leaves too little room.
    """
    name: str = settings.DATABASE_PREFIX + check_slug(slug).replace("-", "_")
    if len(name) > LONGEST_DATABASE_NAME_BYTES:
        raise SlugMalformed(slug, f"{name} is too long for the name of a database")
    return name
