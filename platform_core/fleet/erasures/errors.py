"""What erasing a shop refuses."""

from smartseller.errors import RuleViolation


class ErasureRefused(RuleViolation):
    """A shop cannot be erased, as things stand; nothing was changed."""

    code = "erasure_refused"

    def __init__(self, slug: str, reason: str) -> None:
        self.slug, self.reason = slug, reason
        super().__init__(f"{slug} is not erased: {reason}.")


class CertificateInvalid(RuleViolation):
    """A certificate is not what was issued, or its chain has a gap."""

    code = "certificate_invalid"

    def __init__(self, number: int, reason: str) -> None:
        self.number, self.reason = number, reason
        super().__init__(f"Certificate {number} does not hold: {reason}.")


class CertificateForged(RuleViolation):
    """A file beside the backups says that a shop was erased, and this installation did not sign it."""

    code = "certificate_forged"

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"{name} was not signed by this installation. Take it away from the backups, or give the key that it was"
            " signed with in DJANGO_SECRET_KEY_FALLBACKS."
        )
