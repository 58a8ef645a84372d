"""A platform that came back from a backup knows shops that were erased since: they are erased again."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from platform_core.fleet.backups.store import files_below, get_bytes
from platform_core.fleet.erasures.certificate import is_signed_here
from platform_core.fleet.erasures.erase import FOLDER
from platform_core.fleet.erasures.errors import CertificateForged
from platform_core.fleet.erasures.models import ErasureCertificate
from platform_core.fleet.erasures.scrub import scrub_platform
from platform_core.fleet.erasures.things import THINGS
from platform_core.tenants.models import Tenant, TenantStatus


def erase_again() -> int:
    """Erase whom the certificates beside the backups name and the platform still knows; how many there were.

    Those certificates are in the chain again then. Safe to repeat.
    Errors: CertificateForged for the first file that this installation did not sign, before anything is erased: whoever
    can write where backups lie must not choose which shops come back.
    """
    again = 0
    for document in [_genuine(name) for name in sorted(files_below(FOLDER))]:
        tenant = Tenant.objects.filter(pk=UUID(document["shop"]["id"])).first()
        if tenant is None or ErasureCertificate.objects.filter(tenant_id=tenant.pk).exists():
            continue
        Tenant.objects.filter(pk=tenant.pk).update(status=TenantStatus.CANCELLED)
        for things in THINGS:
            things.erase(tenant)
        scrub_platform(tenant.pk)
        ErasureCertificate.objects.create(
            number=document["number"],
            tenant_id=tenant.pk,
            content=_content(document),
            previous_sha256=document["previous_sha256"],
            sha256=document["sha256"],
            signature=document["signature"],
        )
        again += 1
    return again


def _genuine(name: str) -> dict[str, Any]:
    try:
        document: dict[str, Any] = json.loads(get_bytes(name))
        is_genuine = is_signed_here(_content(document), document["sha256"], document["signature"])
    except (ValueError, KeyError, TypeError, AttributeError):
        is_genuine = False
    if not is_genuine:
        raise CertificateForged(name)
    return document


def _content(document: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key not in ("sha256", "signature")}
