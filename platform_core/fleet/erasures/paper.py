"""A certificate as PDF, for whoever asked for the erasure."""

import json
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst

from platform_core.fleet.erasures.models import ErasureCertificate

TEMPLATE = Path(__file__).with_name("certificate.typ")


def pdf_of(certificate: ErasureCertificate) -> bytes:
    """What people wrote is handed over as data; the template reads no file, and nothing from the network."""
    told = certificate.content
    data = {
        "title": f"Certificate of erasure no. {certificate.number}",
        "platform": told["platform"],
        "facts": [
            ["Platform", told["platform"]],
            ["Shop", f"{told['shop']['slug']} ({told['shop']['id']})"],
            ["Asked for", told["reason"] or "not said"],
            ["Begun", _moment(told["begun_at"])],
            ["Finished", _moment(told["finished_at"])],
        ],
        "erased": [{**entry, "at": _moment(entry["at"])} for entry in told["erased"]],
        "kept": told["kept"],
        "backups": told["backups"],
        "proof": [
            f"SHA-256  {certificate.sha256}",
            f"after    {certificate.previous_sha256 or 'none, this is the first'}",
            f"signed   {certificate.signature}",
        ],
    }
    with TemporaryDirectory(prefix="certificates-") as folder:
        compiled: Any = typst.compile(  # type: ignore[call-overload]
            TEMPLATE.read_bytes(), root=folder, format="pdf", sys_inputs={"data": json.dumps(data, ensure_ascii=False)}
        )
    return bytes(compiled)


def _moment(written: str) -> str:
    """As people read it; the certificate's own text, which is signed, has it as computers do."""
    return f"{datetime.fromisoformat(written).astimezone(UTC):%-d %B %Y, %H:%M:%S} UTC"
