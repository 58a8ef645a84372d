"""What `manage.py tenant` does with copies: archives, taking them in, sandboxes."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from rich.console import Group

from platform_core.fleet.copies.export import ask_for_export, link_token, run_export
from platform_core.fleet.copies.import_archive import import_archive
from platform_core.fleet.copies.models import ExportState, ShopExport
from platform_core.fleet.copies.sandbox import ask_for_sandbox, end_sandbox, sandbox_of
from platform_core.fleet.models import ProvisioningRun
from platform_core.fleet.provision.run import run_provisioning
from platform_core.fleet.spares import refill_spares
from platform_core.management.operator import OperatorCommand, table, tenant_id_of
from platform_core.management.progress import steps_shown, transfer_progress
from platform_core.tenancy.hosts import platform_url
from platform_core.tenants.models import PlanType, Tenant


def add_export(parser: CommandParser) -> None:
    parser.add_argument("slug", help="the shop; a cancelled one as long as its database is not to be dropped")
    parser.add_argument("--resume", action="store_true", help="finish an archive whose making was interrupted")


def export(command: OperatorCommand, options: dict[str, Any]) -> None:
    tenant_id = tenant_id_of(options["slug"])
    running = ShopExport.objects.filter(tenant=tenant_id, state=ExportState.RUNNING).first()
    if options["resume"] and running is None:
        command.refuse(f"No archive of {options['slug']} was interrupted.")
    asked = running if options["resume"] and running else ask_for_export(tenant_id)
    with transfer_progress() as progress:
        bar = progress.add_task(f"archiving {options['slug']}", total=None)
        made = run_export(asked.pk, tell=lambda size: progress.advance(bar, size))
    link = platform_url(f"/exports/{link_token(made)}/")
    facts = {
        "slug": options["slug"],
        "export": str(made.pk),
        "state": made.state,
        "size": made.size,
        "sha256": made.sha256,
        "schema_version": made.schema_version,
        "expires_at": made.expires_at and made.expires_at.isoformat(),
        "link": link,
    }
    command.answer(facts, Group(table(["", ""], [*facts.items()]), "Whoever has the link can download the whole shop."))


def add_sandbox(parser: CommandParser) -> None:
    parser.add_argument("slug", help="the shop")
    parser.add_argument("--anonymise", action="store_true", help="take out whatever says who the customers are")
    parser.add_argument("--end", action="store_true", help="close the shop's sandbox, and drop it a day later")
    parser.add_argument("--reason", default="", help="why, for the audit log")


def sandbox(command: OperatorCommand, options: dict[str, Any]) -> None:
    slug = options["slug"]
    tenant_id = tenant_id_of(slug)
    there = sandbox_of(tenant_id)
    if options["end"]:
        if there is None:
            command.refuse(f"{slug} has no sandbox.")
        end_sandbox(there.pk, reason=options["reason"])
        command.answer({"slug": there.slug, "ended": True}, f"{there.slug} is closed, and dropped a day later.")
        return
    run = ProvisioningRun.objects.filter(tenant=there).first() if there and there.status == "pending_setup" else None
    run_id = run.pk if run else ask_for_sandbox(tenant_id, anonymise=options["anonymise"]).run_id
    with steps_shown(command.say, f"the sandbox of {slug}") as watch:
        report = run_provisioning(run_id, watch=watch)
    command.answer(
        asdict(report),
        Group(
            f"The sandbox answers at {report.url}",
            table(["step", "ms"], [(s.name, f"{s.ms:.1f}") for s in report.steps]),
        ),
    )


def add_import(parser: CommandParser) -> None:
    parser.add_argument("file", type=Path, help="the archive")
    parser.add_argument("--slug", required=True, help="the new shop's address")
    parser.add_argument("--owner-email", required=True, help="who logs in; an account is made if there is none")
    parser.add_argument("--name", default="", help="what shoppers see (default: the archive's)")
    parser.add_argument("--plan", default="basic", help=f"{', '.join(PlanType.values)} (default: basic)")
    parser.add_argument("--region", help="where the database server must be (default: anywhere)")


def take_in(command: OperatorCommand, options: dict[str, Any]) -> None:
    path: Path = options["file"]
    with steps_shown(command.say, options["slug"]) as watch:
        report = import_archive(
            path,
            slug=options["slug"],
            owner_email=options["owner_email"],
            name=options["name"],
            plan=options["plan"],
            region=options["region"],
            watch=watch,
        )
    command.answer(
        asdict(report),
        Group(
            f"The shop answers at {report.url}; keys to payment gateways are to be entered anew.",
            table(["step", "ms"], [(step.name, f"{step.ms:.1f}") for step in report.steps]),
        ),
    )
    refill_spares(Tenant.objects.values_list("server__key", flat=True).get(slug=report.slug))
