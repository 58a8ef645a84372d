"""Asking for a shop: everything is checked and the address is taken before a database is touched."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from platform_core.accounts.models import normal_email
from platform_core.audit.record import record
from platform_core.fleet.errors import TemplateMissing
from platform_core.fleet.models import ProvisioningRun, RunState
from platform_core.fleet.names import template_name
from platform_core.fleet.provision import steps
from platform_core.fleet.provision.claim import look_around, take_address
from platform_core.fleet.provision.details import check_details
from platform_core.fleet.servers import place_shop
from platform_core.tenants.models import TenantStatus
from platform_core.tenants.slugs import check_slug, database_name
from smartseller.errors import RuleViolation

SLUG_CONSTRAINTS = ("tenants_slug_key", "tenants_subdomain_key", "tenants_database_name_key")
OWNER_CONSTRAINT = "platform_users_email_key"


class SlugTaken(RuleViolation):
    """Another shop has the address."""

    code = "slug_taken"

    def __init__(self, slug: str) -> None:
        self.slug = slug
        super().__init__(f"The address “{slug}” is taken by another shop.")


class OwnerHasAccount(RuleViolation):
    """A password was given for somebody who has one: nobody may set it by asking for a shop."""

    code = "owner_has_account"

    def __init__(self, email: str) -> None:
        self.email = email
        super().__init__(f"{email} has an account already and keeps its password; leave the new password out.")


class RequestKeyReused(RuleViolation):
    """One key came with two different requests."""

    code = "request_key_reused"

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__("This form was already used to ask for another shop; open it afresh.")


@dataclass(frozen=True, kw_only=True)
class ShopRequest:
    """What a merchant asks for.

    `currency` is an ISO 4217 code, `timezone` an IANA name, `country` an ISO 3166-1 alpha-2 code. `password_hash` comes
    from `django.contrib.auth.hashers.make_password`; without one, a new owner sets a password later. `key` names one
    submission: asking twice with the same key asks once. `region` restricts where the database is put, for good.
    `origin` says what a copy is filled from (`fleet.copies`), `sandbox_of` which shop a sandbox is of, and
    `sandbox_until` how long it lives. `coupon` is redeemed when the trial begins;
    `cycle` is monthly or annual.
    """

    slug: str
    name: str
    owner_email: str
    plan: str = "basic"
    currency: str = "USD"
    timezone: str = "UTC"
    country: str = "US"
    coupon: str = ""
    cycle: str = "monthly"
    theme: dict[str, Any] = field(default_factory=dict)
    region: str | None = None
    password_hash: str | None = field(default=None, repr=False)
    key: str | None = None
    origin: dict[str, Any] | None = None
    sandbox_of: UUID | None = None
    sandbox_until: datetime | None = None

    def stored(self) -> dict[str, Any]:
        """What is kept of the request, and what two requests must share to be the same one."""
        kept = asdict(self)
        del kept["password_hash"], kept["key"], kept["sandbox_of"], kept["sandbox_until"]
        if self.origin is None:
            del kept["origin"]
        if not self.coupon:
            del kept["coupon"]
        if self.cycle == "monthly":
            del kept["cycle"]
        return kept | {"owner_email": normal_email(self.owner_email)}


@dataclass(frozen=True, kw_only=True)
class RequestedShop:
    """A shop that is being made. `is_new` is false when the same request had been made before."""

    run_id: UUID
    tenant_id: UUID
    slug: str
    is_new: bool


def request_shop(request: ShopRequest, *, actor_id: UUID | None = None) -> RequestedShop:
    """Take the address and write down what is to be done, in one transaction; `run_provisioning` does it.

    The same request again (by its key, or word for word while the shop is being prepared) finds the first one's run.
    The owner's account is made here if the address is new to us.
    Errors: SlugMalformed, SlugReserved, ShopDetailsRefused, SlugTaken, OwnerHasAccount, RequestKeyReused;
    NoServerAvailable and TemplateMissing when no shop can be made at all. Nothing is changed then.
    """
    check_slug(request.slug)
    server = place_shop(region=request.region)
    found = look_around(plan=request.plan, server=server, email=normal_email(request.owner_email))
    check_details(request, plan_exists=found.plan_exists)
    if not found.template_exists:
        raise TemplateMissing(server, template_name())
    try:
        return _claim_once(request, server, found.owner_id, actor_id)
    except _OwnerAppeared:
        found = look_around(plan=request.plan, server=server, email=normal_email(request.owner_email))
        return _claim_once(request, server, found.owner_id, actor_id)


class _OwnerAppeared(Exception):
    """Another request made the owner's account at this moment."""


def _claim_once(request: ShopRequest, server: str, owner_id: UUID | None, actor_id: UUID | None) -> RequestedShop:
    """Try it; what stands in the way, if anything, is found out afterwards: mostly nothing does."""
    try:
        with transaction.atomic():
            return _claim(request, server, owner_id, actor_id)
    except (IntegrityError, OwnerHasAccount) as error:
        earlier = _earlier(request)
        if earlier is not None:
            return earlier
        constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        if constraint in SLUG_CONSTRAINTS:
            raise SlugTaken(request.slug) from None
        if constraint == OWNER_CONSTRAINT:
            raise _OwnerAppeared from None
        raise


def _claim(request: ShopRequest, server: str, owner_id: UUID | None, actor_id: UUID | None) -> RequestedShop:
    email = normal_email(request.owner_email)
    if owner_id is not None and request.password_hash is not None:
        raise OwnerHasAccount(email)
    owner_id, tenant_id, run_id = take_address(
        {
            "slug": request.slug,
            "name": request.name.strip(),
            "plan": request.plan,
            "server": server,
            "region": request.region or "",
            "database": database_name(request.slug),
            "currency": request.currency,
            "timezone": request.timezone,
            "country": request.country,
            "email": email,
            "key": request.key,
            "sandbox_of": request.sandbox_of,
            "sandbox_until": request.sandbox_until,
        },
        owner_id=owner_id,
        password=request.password_hash or make_password(None),
        theme=request.theme,
        request=request.stored(),
        steps=[step.name for step in steps.steps_of({"origin": request.origin})],
    )
    record(
        "create_tenant",
        resource_type="tenant",
        resource_id=tenant_id,
        tenant_id=tenant_id,
        user_id=actor_id,
        new_values={"slug": request.slug, "plan": request.plan, "server": server, "owner": str(owner_id)},
    )
    return RequestedShop(run_id=run_id, tenant_id=tenant_id, slug=request.slug, is_new=True)


def _earlier(request: ShopRequest) -> RequestedShop | None:
    """The run that an earlier, identical request started."""
    runs = ProvisioningRun.objects.select_related("tenant")
    run = None
    if request.key is not None:
        run = runs.filter(request_key=request.key).first()
    if run is None:
        run = (
            runs.filter(tenant__slug=request.slug, tenant__status=TenantStatus.PENDING_SETUP)
            .exclude(state=RunState.SUCCEEDED)
            .order_by("-started_at")
            .first()
        )
        if run is None or not _is_same(run, request):
            return None
    elif not _is_same(run, request):
        raise RequestKeyReused(request.key or "")
    return RequestedShop(run_id=run.pk, tenant_id=run.tenant_id, slug=run.tenant.slug, is_new=False)


def _is_same(run: ProvisioningRun, request: ShopRequest) -> bool:
    kept = {name: value for name, value in run.request.items() if name != "owner_id"}
    return kept == request.stored()
