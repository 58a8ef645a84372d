"""A merchant says that a domain is the shop's; and gives it up."""

from functools import partial
from uuid import UUID

from django.db import transaction

from platform_core.audit.origin import Origin
from platform_core.audit.record import record_of
from platform_core.plans.limits import Feature, terms_called
from platform_core.tenancy import directory
from platform_core.tenancy.domains.errors import DomainsNotInPlan, DomainTaken, TooManyDomains
from platform_core.tenancy.domains.models import DomainState, TenantDomain
from platform_core.tenancy.domains.names import read_domain
from platform_core.tenants.models import Tenant

MOST_DOMAINS = 10
OWNED = (DomainState.VERIFIED, DomainState.PAUSED)


def claim_domain(tenant_id: UUID, text: str, *, origin: Origin) -> TenantDomain:
    """Write down that a shop wants the domain, and what its zone has to say. Claimed again it is the same claim.

    Errors: DomainsNotInPlan, DomainRefused, DomainTaken, TooManyDomains; nothing changes then.
    """
    name = read_domain(text)
    with transaction.atomic():
        tenant = Tenant.objects.select_for_update(no_key=True).get(pk=tenant_id)
        check_plan(tenant)
        if is_taken(name, by_other_than=tenant.pk):
            raise DomainTaken(name)
        known = TenantDomain.objects.filter(tenant=tenant, domain=name).first()
        if known is not None:
            return known
        if TenantDomain.objects.filter(tenant=tenant).count() >= MOST_DOMAINS:
            raise TooManyDomains(MOST_DOMAINS)
        made = TenantDomain.objects.create(tenant=tenant, domain=name)
        note(origin, "claim_domain", made, {})
    return made


def give_up_domain(tenant_id: UUID, domain_id: UUID, *, origin: Origin) -> TenantDomain:
    """The domain is nobody's from now on: whoever proves it next has it.

    Errors: TenantDomain.DoesNotExist.
    """
    with transaction.atomic():
        tenant = Tenant.objects.select_for_update(no_key=True).get(pk=tenant_id)
        claim = TenantDomain.objects.get(pk=domain_id, tenant=tenant)
        let_go(tenant, claim)
        note(origin, "remove_domain", claim, {"state": claim.state})
        TenantDomain.objects.filter(pk=claim.pk).delete()
    return claim


def make_primary(tenant_id: UUID, domain_id: UUID, *, origin: Origin) -> TenantDomain:
    """Shoppers find the shop here, and are led here from its other names.

    Errors: TenantDomain.DoesNotExist, also for one that is not proven; DomainsNotInPlan.
    """
    with transaction.atomic():
        tenant = Tenant.objects.select_for_update(no_key=True).get(pk=tenant_id)
        claim = TenantDomain.objects.get(pk=domain_id, tenant=tenant, state=DomainState.VERIFIED)
        check_plan(tenant)
        if tenant.domain != claim.domain:
            note(origin, "make_domain_primary", claim, {"before": tenant.domain})
            lead_to(tenant, claim.domain)
    return claim


def check_plan(tenant: Tenant) -> None:
    """One statement. Errors: DomainsNotInPlan."""
    terms = terms_called(tenant.plan_type)
    if not terms.includes(Feature.CUSTOM_DOMAIN):
        raise DomainsNotInPlan(terms.plan)


def is_taken(name: str, *, by_other_than: UUID) -> bool:
    """Whether another shop has it: proven, or written down by an operator."""
    others = TenantDomain.objects.filter(domain=name, state__in=OWNED).exclude(tenant=by_other_than)
    return others.exists() or Tenant.objects.filter(domain=name).exclude(pk=by_other_than).exists()


def let_go(tenant: Tenant, claim: TenantDomain) -> None:
    """The locked shop does not answer at the domain any more, after the commit."""
    if tenant.domain == claim.domain:
        lead_to(tenant, None)
    else:
        transaction.on_commit(partial(directory.forget, tenant.pk))


def lead_to(tenant: Tenant, domain: str | None) -> None:
    """The locked shop's primary domain is this; every process hears of it after the commit."""
    tenant.domain = domain
    tenant.save(update_fields=["domain"])
    transaction.on_commit(partial(directory.forget, tenant.pk))


def note(origin: Origin, action: str, claim: TenantDomain, values: dict[str, object]) -> None:
    record_of(
        origin,
        action,
        resource_type="domain",
        resource_id=claim.pk,
        tenant_id=claim.tenant_id,
        new_values={"domain": claim.domain, **values},
    )
