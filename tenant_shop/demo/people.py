"""Who can log in to look around: the operator of the platform, and the people of the shops."""

from uuid import UUID

from platform_core.accounts.models import AccessRole, PlatformRole, PlatformUser, TenantAccess
from tenant_shop.demo.shops import DemoPerson, DemoShop

OPERATOR_EMAIL = "operator@smartseller.example"
# Everybody knows it: the demo shops exist only where nothing is at stake, see `DEMO_SHOPS` in the settings.
PASSWORD = "look-around-freely"  # noqa: S105


def ensure_operator() -> None:
    """Make the operator's account unless there is one."""
    if not PlatformUser.objects.filter(email=OPERATOR_EMAIL).exists():
        PlatformUser.objects.create_superuser(
            OPERATOR_EMAIL, PASSWORD, first_name="Robin", last_name="Operator", email_verified=True
        )


def ensure_account(person: DemoPerson) -> UUID:
    """The id of the person's account, which is made unless there is one."""
    known = PlatformUser.objects.filter(email=person.email).values_list("pk", flat=True).first()
    if known is not None:
        return known
    return PlatformUser.objects.create_user(
        person.email,
        PASSWORD,
        role=PlatformRole.MERCHANT,
        first_name=person.first_name,
        last_name=person.last_name,
        email_verified=True,
    ).pk


def ensure_access(shop: DemoShop, tenant_id: UUID) -> None:
    """Let the shop's people in; an access that was changed or withdrawn since stays as it is."""
    for person in shop.people:
        TenantAccess.objects.get_or_create(
            platform_user_id=ensure_account(person),
            tenant_id=tenant_id,
            defaults={"role": AccessRole(person.role)},
        )
