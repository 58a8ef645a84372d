"""Certificates of erasures: signed with the installation's key, each naming the digest of the one before."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.core import signing
from django.db import connection, transaction

from platform_core.fleet.erasures.errors import CertificateInvalid
from platform_core.fleet.erasures.models import ErasureCertificate

SALT = "smartseller.fleet.erasure"
# One at a time: the chain has no forks.
TAKE_TURN = "SELECT pg_advisory_xact_lock(hashtextextended('erasure certificates', 0))"


def issue(tenant_id: UUID, content: Mapping[str, Any]) -> ErasureCertificate:
    """Add a certificate to the chain, in the caller's transaction. `content` is ready for JSON.

    Errors: django.db.IntegrityError when the shop has one.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(TAKE_TURN)
        last = ErasureCertificate.objects.order_by("-number").first()
        number, previous = (last.number + 1, last.sha256) if last else (1, "")
        told = {**content, "number": number, "previous_sha256": previous}
        digest = digest_of(told)
        return ErasureCertificate.objects.create(
            number=number,
            tenant_id=tenant_id,
            content=told,
            previous_sha256=previous,
            sha256=digest,
            signature=signing.Signer(salt=SALT).signature(digest),
        )


def digest_of(content: Mapping[str, Any]) -> str:
    """SHA-256 over the content as JSON with its keys in order, in hexadecimal."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def is_signed_here(content: Mapping[str, Any], sha256: str, signature: str) -> bool:
    """Whether this installation issued a certificate of that content, under its key or one that it had before
    (`DJANGO_SECRET_KEY_FALLBACKS`)."""
    try:
        return signing.Signer(salt=SALT).unsign(f"{sha256}:{signature}") == sha256 == digest_of(content)
    except signing.BadSignature:
        return False


def check_chain() -> int:
    """Look at every certificate, from the first; how many there are. Errors: CertificateInvalid for the first that was
    changed, was not signed here, or does not follow on the one before."""
    previous, number = "", 0
    for certificate in ErasureCertificate.objects.order_by("number"):
        number += 1
        if certificate.number != number:
            raise CertificateInvalid(number, "it is missing")
        if certificate.previous_sha256 != previous or certificate.content.get("previous_sha256") != previous:
            raise CertificateInvalid(number, "it does not follow on the one before")
        if digest_of(certificate.content) != certificate.sha256:
            raise CertificateInvalid(number, "its content is not what was issued")
        if not is_signed_here(certificate.content, certificate.sha256, certificate.signature):
            raise CertificateInvalid(number, "it was not signed by this installation")
        previous = certificate.sha256
    return number


def document_of(certificate: ErasureCertificate) -> dict[str, Any]:
    """The certificate as it is handed over."""
    return {**certificate.content, "sha256": certificate.sha256, "signature": certificate.signature}


def in_words(certificate: ErasureCertificate) -> Iterator[str]:
    """The certificate, line by line, for paper."""
    told = certificate.content
    yield f"Certificate of erasure no. {certificate.number}"
    yield ""
    yield f"Shop: {told['shop']['slug']} ({told['shop']['id']})"
    yield f"Asked for: {told['reason'] or 'not said'}"
    yield f"Begun {told['begun_at']}, finished {told['finished_at']}"
    yield ""
    yield "Erased:"
    for entry in told["erased"]:
        yield f"- {entry['what']}: {entry['amount']} ({entry['at']})"
    yield ""
    yield "Kept, and why:"
    for entry in told["kept"]:
        yield f"- {entry['what']}: {entry['why']}"
    yield ""
    yield f"Backups: {told['backups']}"
    yield ""
    yield f"SHA-256 {certificate.sha256}"
    yield f"after   {certificate.previous_sha256 or 'none, this is the first'}"
    yield f"signed  {certificate.signature}"
