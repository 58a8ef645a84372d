from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connections
from django.utils import timezone

from platform_core.accounts.access import live_access
from platform_core.accounts.models import AccessRole, PlatformRole, PlatformUser, TenantAccess
from platform_core.tenants.models import Tenant
from tests.statements import StatementCount

pytestmark = pytest.mark.usefixtures("platform")


@pytest.fixture
def acme() -> Tenant:
    return Tenant.objects.create(
        slug="acme", name="Acme", database_name="smartseller_acme", contact_email="a@acme.example"
    )


@pytest.fixture
def ann() -> PlatformUser:
    return PlatformUser.objects.create_user("ann@acme.example", role=PlatformRole.MERCHANT)


def test_a_live_access_is_found_in_one_statement(acme: Tenant, ann: PlatformUser) -> None:
    access = TenantAccess.objects.create(platform_user=ann, tenant=acme, role=AccessRole.EDITOR)

    with StatementCount() as statements:
        found = live_access(ann.pk, acme.pk)

    assert found == access
    assert statements.count == 1


def test_an_access_that_has_not_expired_yet_is_live(acme: Tenant, ann: PlatformUser) -> None:
    access = TenantAccess.objects.create(
        platform_user=ann, tenant=acme, expires_at=timezone.now() + timedelta(minutes=1)
    )

    assert live_access(ann.pk, acme.pk) == access


@pytest.mark.parametrize(
    "withdrawn",
    [{"is_active": False}, {"expires_at": timezone.now() - timedelta(seconds=1)}],
    ids=["inactive", "expired"],
)
def test_an_access_that_is_over_opens_nothing(acme: Tenant, ann: PlatformUser, withdrawn: dict[str, object]) -> None:
    TenantAccess.objects.create(platform_user=ann, tenant=acme, **withdrawn)

    assert live_access(ann.pk, acme.pk) is None


def test_an_inactive_user_enters_no_shop(acme: Tenant, ann: PlatformUser) -> None:
    TenantAccess.objects.create(platform_user=ann, tenant=acme)
    PlatformUser.objects.update(is_active=False)

    assert live_access(ann.pk, acme.pk) is None


def test_an_access_opens_its_own_shop_only(acme: Tenant, ann: PlatformUser) -> None:
    TenantAccess.objects.create(platform_user=ann, tenant=acme)
    other = Tenant.objects.create(
        slug="other", name="Other", database_name="smartseller_other", contact_email="o@other.example"
    )

    assert live_access(ann.pk, other.pk) is None
    assert live_access(uuid4(), acme.pk) is None


def test_accesses_go_with_their_user_in_the_database_itself(acme: Tenant, ann: PlatformUser) -> None:
    TenantAccess.objects.create(platform_user=ann, tenant=acme)

    with connections["default"].cursor() as cursor:
        cursor.execute("DELETE FROM platform_users WHERE id = %s", [ann.pk])

    assert TenantAccess.objects.count() == 0


def test_no_role_on_the_platform_gives_rights_in_a_shop(acme: Tenant) -> None:
    root = PlatformUser.objects.create_superuser("root@smartseller.example", "a long secret")

    assert root.has_perm("platform_core.delete_tenant")
    assert not root.has_perm("tenant_shop.view_order")
    assert not root.has_module_perms("tenant_shop")


def test_a_merchant_has_the_rights_of_the_access_in_the_shop_and_none_on_the_platform(
    acme: Tenant, ann: PlatformUser
) -> None:
    ann.enter_shop(
        TenantAccess.objects.create(
            platform_user=ann,
            tenant=acme,
            role=AccessRole.EDITOR,
            permissions={"tenant_shop.change_setting": False, "tenant_shop.delete_product": True},
        )
    )

    assert ann.has_perms(["tenant_shop.view_order", "tenant_shop.change_order", "tenant_shop.delete_product"])
    assert not ann.has_perm("tenant_shop.delete_order")
    assert not ann.has_perm("tenant_shop.change_setting")
    assert not ann.has_perm("platform_core.view_tenant")
    assert ann.has_module_perms("tenant_shop")
    assert not ann.has_module_perms("platform_core")


def test_leaving_the_shop_takes_the_rights_along(acme: Tenant, ann: PlatformUser) -> None:
    ann.enter_shop(TenantAccess.objects.create(platform_user=ann, tenant=acme, role=AccessRole.OWNER))
    ann.enter_shop(None)

    assert not ann.has_perm("tenant_shop.view_order")


def test_nobody_enters_with_somebody_elses_access(acme: Tenant, ann: PlatformUser) -> None:
    access = TenantAccess.objects.create(platform_user=ann, tenant=acme)
    bob = PlatformUser.objects.create_user("bob@acme.example", role=PlatformRole.MERCHANT)

    with pytest.raises(ValueError, match=r"not an access of bob@acme\.example"):
        bob.enter_shop(access)

    assert bob.shop_access is None


def test_an_inactive_user_has_no_rights_at_all(acme: Tenant) -> None:
    root = PlatformUser.objects.create_superuser("root@smartseller.example", "a long secret", is_active=False)

    assert not root.has_perm("platform_core.view_tenant")
    assert not root.has_module_perms("platform_core")


@pytest.mark.parametrize(
    ("role", "perm", "granted"),
    [
        ("admin", "platform_core.delete_tenant", True),
        ("admin", "platform_core.view_platformuser", True),
        ("admin", "platform_core.change_platformuser", False),
        ("super_admin", "platform_core.change_platformuser", True),
        ("support", "platform_core.view_tenant", True),
        ("support", "platform_core.change_tenant", True),
        ("support", "platform_core.delete_tenant", False),
        ("support", "platform_core.change_tenantplan", False),
        ("developer", "platform_core.view_tenant", True),
        ("developer", "platform_core.change_tenant", False),
        ("merchant", "platform_core.view_tenant", False),
    ],
)
def test_the_role_says_what_an_operator_may_do(role: str, perm: str, granted: bool) -> None:
    assert PlatformUser(email="op@smartseller.example", role=role).has_perm(perm) is granted
