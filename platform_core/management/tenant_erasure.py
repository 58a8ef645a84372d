"""What `manage.py tenant` does about erasing a shop for good, and the certificates of it."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from platform_core.fleet.erasures.certificate import check_chain, document_of, in_words
from platform_core.fleet.erasures.erase import erase_shop
from platform_core.fleet.erasures.models import ErasureCertificate
from platform_core.fleet.erasures.paper import pdf_of
from platform_core.management.confirm import confirm
from platform_core.management.operator import OperatorCommand, tenant_id_of
from smartseller.plurals import number_of


def add_erase(parser: CommandParser) -> None:
    parser.add_argument("slug", help="the shop, cancelled before")
    parser.add_argument("--reason", default="", help="why, for the certificate and the audit log")
    parser.add_argument("--yes", action="store_true", help="do not ask; needed where nobody can answer")


def erase(command: OperatorCommand, options: dict[str, Any]) -> None:
    tenant_id = tenant_id_of(options["slug"])
    question = "Erase {} for good, backups and all? Nothing brings it back."
    confirm(command, options["slug"], question, yes=options["yes"])
    _answer(command, erase_shop(tenant_id, reason=options["reason"], say=command.say))


def add_certificate(parser: CommandParser) -> None:
    parser.add_argument("number", type=int, nargs="?", help="which one (default: look at all of them)")
    parser.add_argument("--pdf", type=Path, metavar="FILE", help="write it as PDF, too")


def certificate(command: OperatorCommand, options: dict[str, Any]) -> None:
    if options["pdf"] is not None and options["number"] is None:
        raise CommandError("--pdf goes with a number.", returncode=2)
    count = check_chain()
    if options["number"] is None:
        command.answer(
            {"certificates": count, "valid": True}, f"{number_of(count, 'certificate')}, each signed and in its place."
        )
        return
    found = ErasureCertificate.objects.filter(number=options["number"]).first()
    if found is None:
        command.refuse(f"There is no certificate {options['number']}.")
    if options["pdf"] is not None:
        try:
            options["pdf"].write_bytes(pdf_of(found))
        except OSError as error:
            command.refuse(f"Cannot write to {options['pdf']}: {error.strerror}.")
    _answer(command, found)


def _answer(command: OperatorCommand, found: ErasureCertificate) -> None:
    command.answer(document_of(found), "\n".join(in_words(found)))
