"""What `manage.py tenant` does, one function for each of its words."""

import json
import sys
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.contrib.auth import password_validation
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandParser
from rich.console import Group

from platform_core.accounts.models import PlatformUser, TenantAccess, normal_email
from platform_core.fleet.drop import drop_shop, final_backup, keep_shop
from platform_core.fleet.models import ProvisioningRun
from platform_core.fleet.provision.details import ShopDetailsRefused
from platform_core.fleet.provision.request import ShopRequest
from platform_core.fleet.provision.run import create_shop
from platform_core.fleet.reopen import reopen_shop
from platform_core.fleet.spares import refill_spares
from platform_core.fleet.window import window_ends
from platform_core.management.confirm import confirm
from platform_core.management.operator import OperatorCommand, table, tenant_id_of
from platform_core.management.progress import transfer_progress
from platform_core.management.tenant_copies import add_export, add_import, add_sandbox, export, sandbox, take_in
from platform_core.management.tenant_erasure import add_certificate, add_erase, certificate, erase
from platform_core.management.tenant_plan import add_plan, plan
from platform_core.tenancy.hosts import platform_url, shop_url
from platform_core.tenants.cancel import cancel_tenant
from platform_core.tenants.models import PlanType, Tenant, TenantStatus
from platform_core.tenants.resume import resume_tenant
from platform_core.tenants.suspend import suspend_tenant

COLUMNS = ("slug", "name", "status", "plan_type", "database_name", "schema_version", "sandbox_of")


def add_create(parser: CommandParser) -> None:
    parser.add_argument("--slug", required=True, help="its address: <slug>.<platform domain>")
    parser.add_argument("--name", required=True, help="what shoppers see")
    parser.add_argument("--owner-email", required=True, help="who logs in; an account is made if there is none")
    parser.add_argument("--plan", default="basic", help=f"{', '.join(PlanType.values)} (default: basic)")
    parser.add_argument("--currency", default="USD", help="ISO 4217 code (default: USD)")
    parser.add_argument("--timezone", default="UTC", help="IANA name, such as Europe/Berlin (default: UTC)")
    parser.add_argument("--country", default="US", help="ISO 3166-1 alpha-2 code (default: US)")
    parser.add_argument("--region", help="where the database server must be (default: anywhere)")
    parser.add_argument("--theme", default="{}", metavar="JSON", help='theme_config, such as {"brand": "#0f766e"}')
    parser.add_argument(
        "--password-stdin", action="store_true", help="read a new owner's password from the first line of stdin"
    )


def create(command: OperatorCommand, options: dict[str, Any]) -> None:
    password = _read_password(options["owner_email"]) if options["password_stdin"] else None
    report = create_shop(
        ShopRequest(
            slug=options["slug"],
            name=options["name"],
            owner_email=options["owner_email"],
            plan=options["plan"],
            currency=options["currency"],
            timezone=options["timezone"],
            country=options["country"],
            region=options["region"],
            theme=_read_theme(options["theme"]),
            password_hash=make_password(password) if password else None,
        )
    )
    origin = "a spare" if report.spare_used else "a fresh copy of the template"
    command.answer(
        asdict(report),
        Group(
            f"The shop answers at {report.url}",
            f"Database {report.database_name}, from {origin}, after {report.total_ms:.0f} ms.",
            table(["step", "ms"], [(step.name, f"{step.ms:.1f}") for step in report.steps]),
        ),
    )
    _say_how_to_log_in(command, options["owner_email"])
    # A command has no worker to rely on: it fills the pool up again itself, after its answer.
    refill_spares(Tenant.objects.values_list("server__key", flat=True).get(slug=report.slug))


def _read_password(email: str) -> str:
    password = sys.stdin.readline().rstrip("\r\n")
    try:
        password_validation.validate_password(password, PlatformUser(email=normal_email(email)))
    except ValidationError as error:
        raise ShopDetailsRefused({"password": " ".join(error.messages)}) from None
    return password


def _read_theme(text: str) -> dict[str, Any]:
    try:
        theme = json.loads(text)
    except ValueError:
        theme = None
    if not isinstance(theme, dict):
        raise ShopDetailsRefused({"theme": f"{text!r} is no JSON object."})
    return theme


def _say_how_to_log_in(command: OperatorCommand, email: str) -> None:
    owner = PlatformUser.objects.get(email=normal_email(email))
    if not owner.has_usable_password():
        command.say(f"{owner.email} has no password yet: `manage.py changepassword {owner.email}` sets one.")
    command.say(f"The owner logs in at {platform_url('/login/')}")


def add_list(parser: CommandParser) -> None:
    parser.add_argument("--status", choices=TenantStatus.values, help="only shops of this standing")


def list_shops(command: OperatorCommand, options: dict[str, Any]) -> None:
    shops = Tenant.objects.filter(**({"status": options["status"]} if options["status"] else {}))
    rows = list(shops.order_by("slug").values_list(*COLUMNS))
    sources = {row[-1] for row in rows if row[-1] is not None}
    copied = dict(Tenant.objects.filter(pk__in=sources).values_list("pk", "slug"))
    document = [
        {
            "slug": slug,
            "name": name,
            "status": status,
            "plan": plan,
            "url": shop_url(slug),
            "database_name": database_name,
            "schema_version": schema_version,
            "sandbox_of": copied.get(source),
        }
        for slug, name, status, plan, database_name, schema_version, source in rows
    ]
    columns = ["slug", "name", "status", "plan", "url", "database_name", "schema_version", "sandbox of"]
    command.answer(document, table(columns, [[value or "" for value in shop.values()] for shop in document]))


def add_slug(parser: CommandParser) -> None:
    parser.add_argument("slug", help="the shop")


def show(command: OperatorCommand, options: dict[str, Any]) -> None:
    tenant = Tenant.objects.get(pk=tenant_id_of(options["slug"]))
    run = ProvisioningRun.objects.filter(tenant=tenant).order_by("-started_at").first()
    people = TenantAccess.objects.filter(tenant=tenant).order_by("granted_at").select_related("platform_user")
    facts = {
        "slug": tenant.slug,
        "name": tenant.name,
        "id": str(tenant.pk),
        "status": tenant.status,
        "plan": tenant.plan_type,
        "url": shop_url(tenant.slug),
        "domain": tenant.domain,
        "server": str(tenant.server_id),
        "database_name": tenant.database_name,
        "schema_version": tenant.schema_version,
        "availability": tenant.availability,
        "epoch": tenant.epoch,
        "currency": tenant.currency,
        "timezone": tenant.timezone,
        "country": tenant.country,
        "created_at": tenant.created_at.isoformat(),
        "activated_at": tenant.activated_at.isoformat() if tenant.activated_at else None,
        "people": [{"email": access.platform_user.email, "role": access.role} for access in people],
        "run": run
        and {
            "id": str(run.pk),
            "state": run.state,
            "attempt": run.attempt,
            "spare_used": run.spare_used,
            "error": run.error,
            "steps": list(run.steps.order_by("position").values("name", "state", "ms", "error")),
        },
    }
    command.answer(facts, _page(facts))


def _page(facts: dict[str, Any]) -> Group:
    plain = [(name, "" if value is None else value) for name, value in facts.items() if name not in ("people", "run")]
    people = [(person["email"], person["role"]) for person in facts["people"]]
    run = facts["run"] or {"state": "never made by the fleet", "attempt": "", "steps": []}
    steps = [(step["name"], step["state"], f"{step['ms'] or 0:.1f}", step["error"]) for step in run["steps"]]
    return Group(
        table(["", ""], plain),
        table(["people", "role"], people),
        f"Making: {run['state']}, attempt {run['attempt']}",
        table(["step", "state", "ms", "error"], steps),
    )


def add_change(parser: CommandParser) -> None:
    add_slug(parser)
    parser.add_argument("--reason", default="", help="why, for the audit log")
    parser.add_argument("--yes", action="store_true", help="do not ask; needed where nobody can answer")


def suspend(command: OperatorCommand, options: dict[str, Any]) -> None:
    tenant_id = _confirmed(command, options, "Close {} for a while? Nobody can buy there until it is resumed.")
    _answer_change(command, suspend_tenant(tenant_id, reason=options["reason"]))


def resume(command: OperatorCommand, options: dict[str, Any]) -> None:
    tenant_id = _confirmed(command, options, "Open {} again?")
    _answer_change(command, resume_tenant(tenant_id, reason=options["reason"]))


def cancel(command: OperatorCommand, options: dict[str, Any]) -> None:
    slug = options["slug"]
    tenant_id = _confirmed(command, options, "Cancel {} for good? Its data is kept for now.")
    tenant = cancel_tenant(tenant_id, reason=options["reason"])
    _answer_change(command, tenant)
    ends = window_ends(tenant)
    until = f"{ends:%Y-%m-%d %H:%M} UTC" if ends else "it is dropped"
    command.say(
        f"Its owners can take it along until {until}: on the platform's page, or by the link of `tenant export {slug}`."
    )


def reopen(command: OperatorCommand, options: dict[str, Any]) -> None:
    tenant_id = _confirmed(command, options, "Open {} again, which was closed for good?")
    _answer_change(command, reopen_shop(tenant_id, reason=options["reason"]))


def add_drop(parser: CommandParser) -> None:
    add_change(parser)
    parser.add_argument(
        "--early",
        action="store_true",
        help="before its owners' time to take the shop along is over (EXPORT_WINDOW_DAYS)",
    )


def drop(command: OperatorCommand, options: dict[str, Any]) -> None:
    slug = options["slug"]
    tenant_id = _confirmed(command, options, "Drop the database of {} once it was backed up?")
    with transfer_progress() as progress:
        bar = progress.add_task(f"backing {slug} up for the last time, and proving that", total=None)
        kept = drop_shop(
            tenant_id,
            reason=options["reason"],
            early=options["early"],
            tell=lambda size: progress.advance(bar, size),
        )
    final = final_backup(tenant_id)
    facts = {
        "slug": slug,
        "database_name": kept.name,
        "dropped_after": kept.kept_until.isoformat(),
        "final_backup": str(final.pk) if final else None,
    }
    command.answer(
        facts,
        f"{kept.name} is closed, and dropped after {kept.kept_until:%Y-%m-%d}; until then `tenant keep {slug}` takes it"
        f" back. The final backup is {facts['final_backup']}.",
    )


def keep(command: OperatorCommand, options: dict[str, Any]) -> None:
    tenant_id = _confirmed(command, options, "Keep the database of {}, which is about to be dropped?")
    tenant = keep_shop(tenant_id, reason=options["reason"])
    _answer_change(command, tenant, f"The database of {tenant.slug} stays. {tenant.slug} is cancelled still.")


def _confirmed(command: OperatorCommand, options: dict[str, Any], question: str) -> UUID:
    """The id of the shop, once there is one and its address was typed. Errors: Refused."""
    tenant_id = tenant_id_of(options["slug"])
    confirm(command, options["slug"], question, yes=options["yes"])
    return tenant_id


def _answer_change(command: OperatorCommand, tenant: Tenant, said: str = "") -> None:
    command.answer(
        {"slug": tenant.slug, "status": tenant.status, "url": shop_url(tenant.slug)},
        said or f"{tenant.slug} is {tenant.status.replace('_', ' ')}.",
    )


WORDS = {
    "create": (add_create, create, "make a shop: database, settings, trial, owner; then it answers"),
    "list": (add_list, list_shops, "every shop, by address"),
    "show": (add_slug, show, "everything about one shop, the steps of its making included"),
    "plan": (add_plan, plan, "give a shop another plan, and its database what the plan allots"),
    "export": (add_export, export, "make an archive of a shop: rows, files and a dump, with a link that expires"),
    "import_archive": (add_import, take_in, "make a new shop of another installation's archive"),
    "sandbox": (add_sandbox, sandbox, "make a copy of a shop to try things in, or end it"),
    "suspend": (add_change, suspend, "close an active shop for a while; nothing is lost"),
    "resume": (add_change, resume, "open a suspended shop again"),
    "cancel": (add_change, cancel, "close a shop for good; its database is kept for now"),
    "reopen": (add_change, reopen, "open a cancelled shop again, as long as its database is there"),
    "drop": (
        add_drop,
        drop,
        "back a cancelled shop up once more, and have its database dropped weeks later",
    ),
    "erase": (add_erase, erase, "erase a cancelled shop for good, backups and all, and certify it"),
    "certificate": (add_certificate, certificate, "check the certificates of erasures, or print one"),
    "keep": (add_change, keep, "take back that a cancelled shop's database is to be dropped"),
}
