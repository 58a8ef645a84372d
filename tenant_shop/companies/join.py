"""Following an invitation."""

from decimal import Decimal

from django.db import IntegrityError

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.companies.errors import AlreadyMember, WrongMailbox
from tenant_shop.companies.invite import JOIN
from tenant_shop.companies.models import Company, CompanyMember
from tenant_shop.customers.errors import AddressTaken, LinkSpent
from tenant_shop.customers.find import normal_email
from tenant_shop.customers.models import Customer
from tenant_shop.customers.passwords import hash_new
from tenant_shop.customers.register import open_verified
from tenant_shop.customers.tokens import CustomerToken, look_at, spend


def invitation(link: str) -> tuple[CustomerToken, Company]:
    """What a link offers, without spending it. Two statements.

    Errors: LinkSpent, also when the company is not approved any more, or who invited is not its admin any more.
    """
    token = look_at(link, JOIN)
    inviter = CompanyMember.objects.select_related("company").filter(
        pk=token.payload.get("invited_by"),
        company=token.payload["company_id"],
        company__status=Company.Status.APPROVED,
        role=CompanyMember.Role.ADMIN,
        is_active=True,
        customer__status=Customer.Status.ACTIVE,
    )
    admin = inviter.first()
    if admin is None:
        raise LinkSpent
    return token, admin.company


def join_with_new_account(
    link: str, *, password: str, first_name: str = "", last_name: str = "", language: str = "", terms_version: str = ""
) -> Customer:
    """Open an account for the mailbox that the link was sent to, which following it proves, and join with it.

    Errors: LinkSpent; WeakPassword; AddressTaken when the mailbox has an account. The link stays good then.
    """
    token, _ = invitation(link)
    typed = {
        "password_hash": hash_new(password, email=token.email, first_name=first_name, last_name=last_name),
        "first_name": first_name,
        "last_name": last_name,
        "wants_marketing": False,
        "language": language,
        "terms_version": terms_version,
    }
    try:
        with shop_transaction():
            customer = open_verified(token.email, typed)
            join_company(link, customer)
    except IntegrityError as error:
        raise AddressTaken from error
    return customer


def join_company(link: str, customer: Customer) -> CompanyMember:
    """The customer, whose mailbox the link was sent to, becomes a member.

    Errors: LinkSpent; WrongMailbox; AlreadyMember. The link stays good then.
    """
    token, company = invitation(link)
    if normal_email(customer.email) != token.email:
        raise WrongMailbox
    limit = token.payload["order_limit"]
    try:
        with shop_transaction():
            spend(link, JOIN)
            return CompanyMember.objects.create(
                company=company,
                customer=customer,
                role=token.payload["role"],
                order_limit=None if limit is None else Decimal(limit),
            )
    except IntegrityError as error:
        if "company_members_customer" in str(error):
            raise AlreadyMember from error
        raise
