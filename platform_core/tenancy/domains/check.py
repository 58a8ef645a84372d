"""Looking whether a domain is proven, when a merchant asks and again and again."""

from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import IntegrityError, transaction

from platform_core.audit.origin import Origin
from platform_core.fleet.erasures.models import ErasureCertificate
from platform_core.plans.limits import Feature, terms_called
from platform_core.tenancy import directory
from platform_core.tenancy.context import TenantInfo
from platform_core.tenancy.domains.claim import check_plan, is_taken, lead_to, let_go, note
from platform_core.tenancy.domains.errors import DomainNotProven, DomainTaken
from platform_core.tenancy.domains.letters import GONE_FOR, Topic, tell
from platform_core.tenancy.domains.look_up import DnsUnavailable, Proof, look_up
from platform_core.tenancy.domains.models import DomainState, TenantDomain
from platform_core.tenants.models import Tenant, TenantStatus

# A claim is looked at often while somebody waits for it, and not for ever.
WAITED_FOR_EVERY, WAITED_FOR = timedelta(minutes=10), timedelta(days=14)
PROVEN_EVERY = timedelta(days=1)
LATER = timedelta(hours=1)
NOBODY = Origin(user_id=None)


def check_domain(tenant_id: UUID, domain_id: UUID, *, at: datetime, origin: Origin) -> TenantDomain:
    """Ask DNS now, as a merchant wishes; the domain is the shop's if it says so, and its primary one if it has none.

    Nothing is locked while DNS is asked. Errors: TenantDomain.DoesNotExist; DomainsNotInPlan; DomainTaken when another
    shop has proven it meanwhile; DomainNotProven, with what was found.
    """
    claim = TenantDomain.objects.select_related("tenant").get(pk=domain_id, tenant=tenant_id)
    check_plan(claim.tenant)
    try:
        proof = look_up(claim, slug=claim.tenant.slug, cname_counts=not had_another_owner(claim.tenant))
    except DnsUnavailable as error:
        raise DomainNotProven("DNS could not be asked just now. Try again in a minute.") from error
    claim = settle(claim, proof, at=at, origin=origin)
    if not proof.how:
        raise DomainNotProven(proof.problem)
    if claim.state != DomainState.VERIFIED:
        raise DomainTaken(claim.domain)
    return claim


def look_again(claim: TenantDomain, *, at: datetime) -> TenantDomain:
    """What the job does with a domain that is due. DNS that cannot be asked changes only when it is asked next."""
    try:
        proof = look_up(claim, slug=claim.tenant.slug, cname_counts=not had_another_owner(claim.tenant))
    except DnsUnavailable:
        TenantDomain.objects.filter(pk=claim.pk).update(due_at=at + LATER)
        return claim
    return settle(claim, proof, at=at, origin=NOBODY)


def had_another_owner(tenant: Tenant | TenantInfo) -> bool:
    """Whether the shop's address was that of a shop that is erased: zones may still lead there from its time, so that a
    CNAME says nothing of whose a domain is now. One statement."""
    erased = ErasureCertificate.objects.filter(content__shop__slug=tenant.slug)
    return erased.exclude(tenant_id=tenant.id).exists()


def settle(found: TenantDomain, proof: Proof, *, at: datetime, origin: Origin) -> TenantDomain:
    """Make of the claim what the proof says, in one transaction under the shop's lock."""
    try:
        with transaction.atomic():
            return _settle(found, proof, at=at, origin=origin)
    except IntegrityError:  # another shop has proven it at this moment
        with transaction.atomic():
            return _settle(found, Proof("", _TAKEN), at=at, origin=origin)


_TAKEN = "Another shop here has this domain."


def _settle(found: TenantDomain, proof: Proof, *, at: datetime, origin: Origin) -> TenantDomain:
    tenant = Tenant.objects.select_for_update(no_key=True).get(pk=found.tenant_id)
    claim = TenantDomain.objects.filter(pk=found.pk).first()
    if claim is None:  # given up meanwhile
        return found
    if proof.how and is_taken(claim.domain, by_other_than=tenant.pk):
        proof = Proof("", _TAKEN)
    before = claim.state
    claim.checked_at, claim.problem = at, proof.problem
    if proof.how:
        _proven(tenant, claim, proof, at)
    else:
        _not_proven(tenant, claim, at)
    claim.save()
    if claim.state != before:
        note(origin, f"domain_{claim.state}", claim, {"before": before, "proof": claim.proof})
        if claim.state == DomainState.VERIFIED:
            transaction.on_commit(partial(directory.forget, tenant.pk))
    return claim


def _proven(tenant: Tenant, claim: TenantDomain, proof: Proof, at: datetime) -> None:
    claim.proof, claim.failing_since, claim.due_at = proof.how, None, at + PROVEN_EVERY
    if tenant.status == TenantStatus.CANCELLED:
        claim.state = DomainState.LOST
        let_go(tenant, claim)
    elif not terms_called(tenant.plan_type).includes(Feature.CUSTOM_DOMAIN):
        if claim.state == DomainState.VERIFIED:
            claim.state = DomainState.PAUSED
            let_go(tenant, claim)
        claim.due_at = at + LATER
    else:
        claim.verified_at = claim.verified_at if claim.state == DomainState.VERIFIED else at
        claim.state = DomainState.VERIFIED
        if tenant.domain is None:
            lead_to(tenant, claim.domain)


def _not_proven(tenant: Tenant, claim: TenantDomain, at: datetime) -> None:
    if claim.state in (DomainState.VERIFIED, DomainState.PAUSED):
        if claim.failing_since is None:
            claim.failing_since = at
            tell(Topic.FAILING, claim, at=at)
        claim.due_at = at + LATER
        if at - claim.failing_since >= GONE_FOR:
            tell(Topic.LOST, claim, at=claim.failing_since)
            claim.state, claim.proof, claim.verified_at, claim.failing_since = DomainState.LOST, "", None, None
            let_go(tenant, claim)
        return
    waited = at - claim.created_at
    claim.due_at = at + (WAITED_FOR_EVERY if waited < WAITED_FOR else PROVEN_EVERY)
