"""The steps that make a shop, in order. Each may be killed anywhere and run again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
from django.conf import settings
from django.db import connection

from platform_core.accounts.grant_access import grant_access
from platform_core.accounts.models import AccessRole
from platform_core.billing.coupons.at_sign_up import redeem_at_sign_up
from platform_core.billing.open_trial import open_trial
from platform_core.fleet.allot import give_allotment
from platform_core.fleet.copies import steps as copies
from platform_core.fleet.databases import database_exists, lock_down_database, rename_database
from platform_core.fleet.errors import DatabaseNameOccupied, VerificationFailed
from platform_core.fleet.models import SpareDatabase, SpareState
from platform_core.fleet.provision.site import Site
from platform_core.fleet.servers import owner_connection
from platform_core.fleet.spares import claim_spare, make_database_for
from platform_core.plans.allotments import DEFAULT, allotments
from platform_core.tenancy import directory
from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.context import tenant_context
from platform_core.tenancy.hooks import ShopProfile, shop_hooks

# Whose the database is: from now on this shop's, unless it is somebody's already.
WRITE_SENTINEL = """
WITH written AS (
    INSERT INTO tenant_sentinel (tenant_id, database_name)
    SELECT %(tenant)s, %(database)s WHERE NOT EXISTS (SELECT FROM tenant_sentinel)
    RETURNING tenant_id
)
SELECT tenant_id FROM written UNION ALL SELECT tenant_id FROM tenant_sentinel
"""
LOOK = """
SELECT session_user, has_database_privilege('public', current_database(), 'CONNECT'),
       EXISTS (SELECT FROM settings),
       (SELECT max(name) FROM django_migrations WHERE app = 'tenant_shop')
"""
# A shop that was cancelled while it was being made stays so.
OPEN = """
WITH given_away AS (DELETE FROM spare_databases WHERE claimed_by = %(run)s)
UPDATE tenants SET status = 'active', activated_at = CURRENT_TIMESTAMP, schema_version = %(schema_version)s
WHERE id = %(tenant)s AND status = 'pending_setup'
"""


@dataclass(frozen=True)
class Step:
    """A step and the name under which it is recorded."""

    name: str
    do: Callable[[Site], None]


def claim_database(site: Site) -> None:
    """Give a spare, or a fresh clone when none waits, the name of the shop's database.

    The row of a claimed database stays until the shop opens: it proves that the database is this run's.
    Errors: TemplateMissing, TemplateBusy, DatabaseNameOccupied.
    """
    server, name = site.tenant.server, site.tenant.database_name
    while True:
        spare = claim_spare(server, run_id=site.run_id) or make_database_for(
            site.connection, server, run_id=site.run_id
        )
        try:
            rename_database(site.connection, spare.name, name)
        except psycopg.errors.DuplicateDatabase:
            # The next refill drops it: a fresh copy lacks what makes a spare.
            SpareDatabase.objects.filter(pk=spare.pk).update(state=SpareState.BUILDING, claimed_by=None)
            raise DatabaseNameOccupied(server, name) from None
        except psycopg.errors.InvalidCatalogName:
            if not database_exists(site.connection, name):
                spare.delete()  # the row outlived its database
                continue
            # An earlier attempt renamed it before it was killed; unless the sentinel says otherwise.
            if _owner_of(site) not in (None, site.tenant.id):
                raise DatabaseNameOccupied(server, name) from None
        return


def _owner_of(site: Site) -> UUID | None:
    with owner_connection(site.tenant.server, site.tenant.database_name) as connection:
        row = connection.execute("SELECT tenant_id FROM tenant_sentinel").fetchone()
    return row[0] if row else None


def lock_down(site: Site) -> None:
    """Close the database to every role but its owner and the one that serves requests, within what the plan allots."""
    name = site.tenant.database_name
    lock_down_database(site.connection, name)
    give_allotment(site.connection, name, allotments().get(site.tenant.plan, DEFAULT))


def write_sentinel(site: Site) -> None:
    """Write into the database whose it is. Errors: DatabaseNameOccupied when it says somebody else's."""
    tenant = site.tenant
    row = site.shop_owner_connection.execute(
        WRITE_SENTINEL, {"tenant": tenant.id, "database": tenant.database_name}
    ).fetchone()
    if row is None or row[0] != tenant.id:
        raise DatabaseNameOccupied(tenant.server, tenant.database_name)


def seed_shop(site: Site) -> None:
    """Write the shop's first settings, inside the shop."""
    if shop_hooks.seed is None:
        raise VerificationFailed(site.tenant.database_name, "no code is registered that seeds a shop")
    tenant = site.tenant
    with tenant_context(tenant):
        shop_hooks.seed(
            ShopProfile(
                name=tenant.name,
                email=site.request["owner_email"],
                currency=tenant.currency,
                timezone=tenant.timezone,
                country=tenant.country,
                theme=dict(tenant.theme),
            )
        )


def open_subscription(site: Site) -> None:
    """Give the merchant a trial of the chosen plan, and redeem the coupon of the sign-up."""
    today = datetime.now(UTC).date()
    open_trial(site.tenant.id, plan=site.tenant.plan, today=today, cycle=site.request.get("cycle", "monthly"))
    if site.request.get("coupon"):
        redeem_at_sign_up(site.tenant.id, site.request["coupon"], today=today)


def grant_owner(site: Site) -> None:
    """Let the owner into the shop."""
    grant_access(user_id=UUID(site.request["owner_id"]), tenant_id=site.tenant.id, role=AccessRole.OWNER)


def verify(site: Site) -> None:
    """Enter the shop through the fence as visitors will, and look. Errors: VerificationFailed."""
    database = site.tenant.database_name
    with tenant_context(site.tenant), shop_connection().cursor() as cursor:
        cursor.execute(LOOK)
        role, is_public, settings_found, site.schema_version = cursor.fetchone()
    if role != settings.DATABASE_APP_ROLE:
        raise VerificationFailed(database, f"requests would run as {role}")
    if is_public:
        raise VerificationFailed(database, "every role may connect to it")
    if not settings_found:
        raise VerificationFailed(database, "it has no settings")
    if site.schema_version < shop_hooks.oldest_schema_version:
        raise VerificationFailed(database, f"its schema is still {site.schema_version}")


def open_shop(site: Site) -> None:
    """From now on the shop answers, in every process."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN, {"tenant": site.tenant.id, "schema_version": site.schema_version, "run": site.run_id})
    directory.forget(site.tenant.id)


# Which steps make a shop, by where what is in it comes from; by default it begins empty.
STEPS = (
    Step("claim_database", claim_database),
    Step("lock_down", lock_down),
    Step("write_sentinel", write_sentinel),
    Step("seed_shop", seed_shop),
    Step("open_subscription", open_subscription),
    Step("grant_owner", grant_owner),
    Step("verify", verify),
    Step("open_shop", open_shop),
)
OF_AN_ARCHIVE = (
    Step("claim_database", claim_database),
    Step("schema_of_archive", copies.schema_of_archive),
    Step("lock_down", lock_down),
    Step("write_sentinel", write_sentinel),
    Step("fill_from_archive", copies.fill_from_archive),
    Step("bring_up_to_date", copies.bring_up_to_date),
    Step("files_from_archive", copies.files_from_archive),
    Step("open_subscription", open_subscription),
    Step("grant_owner", grant_owner),
    Step("verify", verify),
    Step("open_shop", open_shop),
)
OF_A_SANDBOX = (
    Step("claim_database", claim_database),
    Step("lock_down", lock_down),
    Step("write_sentinel", write_sentinel),
    Step("fill_from_shop", copies.fill_from_shop),
    Step("files_from_shop", copies.files_from_shop),
    Step("let_people_in", copies.let_people_in),
    Step("verify", verify),
    Step("open_shop", open_shop),
)


def steps_of(request: Mapping[str, Any]) -> tuple[Step, ...]:
    """The steps that make what a run was asked for."""
    match (request.get("origin") or {}).get("kind"):
        case "archive":
            return OF_AN_ARCHIVE
        case "sandbox":
            return OF_A_SANDBOX
    return STEPS
