"""No mail leaves a sandbox but to its own people."""

from dataclasses import replace
from uuid import uuid4

from django.core.mail import EmailMultiAlternatives

from platform_core.accounts.grant_access import grant_access
from platform_core.accounts.models import AccessRole, PlatformUser, TenantAccess
from platform_core.tenancy.context import current_tenant, tenant_context
from tenant_shop.mails.sandbox import fenced


def a_mail(*to: str) -> EmailMultiAlternatives:
    return EmailMultiAlternatives("Your order", "…", to=list(to), bcc=["boss@acme.example"])


def test_a_shops_mail_leaves_as_it_is_without_a_statement(shop, count_statements):
    mail = a_mail("shopper@example.com")
    with count_statements() as statements:
        assert fenced(mail) is mail
    assert statements.count == 0
    assert (mail.subject, mail.recipients()) == ("Your order", ["shopper@example.com", "boss@acme.example"])


def test_a_sandboxs_mail_reaches_its_people_only(shop):
    for email, is_active in (("ann@acme.example", True), ("gone@acme.example", False)):
        user = PlatformUser.objects.create(email=email, role="merchant")
        grant_access(user_id=user.pk, tenant_id=shop.id, role=AccessRole.EDITOR)
        TenantAccess.objects.filter(platform_user=user).update(is_active=is_active)
    with tenant_context(replace(current_tenant(), sandbox_of=uuid4())):
        mail = fenced(a_mail("shopper@example.com", "Ann@acme.example", "gone@acme.example"))
        assert mail is not None
        assert (mail.subject, mail.recipients()) == ("[Sandbox] Your order", ["Ann@acme.example"])
        assert fenced(a_mail("shopper@example.com")) is None
