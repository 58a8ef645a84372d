"""`manage.py tenant plan`: another plan for a shop, and for its database what that plan allots."""

from dataclasses import asdict
from typing import Any

import psycopg
from django.core.management.base import CommandParser

from platform_core.fleet.allot import allot
from platform_core.management.operator import OperatorCommand, table, tenant_id_of
from platform_core.plans.allotments import DEFAULT, allotments
from platform_core.tenancy.commands import first_line
from platform_core.tenants.change_plan import change_plan
from platform_core.tenants.models import PlanType


def add_plan(parser: CommandParser) -> None:
    parser.add_argument("slug", help="the shop")
    parser.add_argument("plan", help=", ".join(PlanType.values))
    parser.add_argument("--reason", default="", help="why, for the audit log")


def plan(command: OperatorCommand, options: dict[str, Any]) -> None:
    tenant = change_plan(tenant_id_of(options["slug"]), plan=options["plan"], reason=options["reason"])
    given = True
    try:
        allot(tenant)
    except psycopg.OperationalError as error:
        given = False
        command.say(f"Its database gets what the plan allots with the next `reconcile --fix`: {first_line(error)}")
    allotted = asdict(allotments().get(tenant.plan_type, DEFAULT))
    facts = {"slug": tenant.slug, "plan": tenant.plan_type, "allotted": given, "database": allotted}
    command.answer(facts, table(["", ""], [("plan", tenant.plan_type), *allotted.items()], title=tenant.slug))
