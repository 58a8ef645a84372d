"""Opening an account: what was typed waits until the mailbox is proven."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.db import IntegrityError

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.companies.found import found_company, read_details
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.customers.beyond_plan import note_customers_beyond_plan
from tenant_shop.customers.claim import claim_orders
from tenant_shop.customers.consents import record_consent, record_terms
from tenant_shop.customers.errors import AddressTaken, LogInRefused
from tenant_shop.customers.find import customer_by_email, normal_email
from tenant_shop.customers.letters import Kind
from tenant_shop.customers.models import Customer
from tenant_shop.customers.passwords import hash_new
from tenant_shop.customers.post import write_to
from tenant_shop.customers.tokens import CustomerToken, issue, look_at, spend

REGISTER = CustomerToken.Purpose.REGISTER
LONGEST_LANGUAGE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """Who wants an account. `language` (BCP 47) is what they read; `terms_version`
    the digest of the pages that were shown to hold (`pages/terms.py`); `company` is whom they want to buy for, with the
    fields of `companies.found.read_details`.
    """

    email: str
    password: str
    first_name: str = ""
    last_name: str = ""
    wants_marketing: bool = False
    language: str = ""
    company: Mapping[str, str] | None = None
    terms_version: str = ""


def register(applicant: Applicant) -> None:
    """Write to the address: a link that opens the account, or, when there is one already, that there is.

    What is done here, and how long it takes, is the same in both cases; only the mail tells them apart.
    Errors: WeakPassword, InvalidCompany; nothing is written then.
    """
    if applicant.company:
        read_details(applicant.company)
    email = normal_email(applicant.email)
    password_hash = hash_new(
        applicant.password, email=email, first_name=applicant.first_name, last_name=applicant.last_name
    )
    with shop_transaction():
        token = issue(
            REGISTER,
            email=email,
            payload={
                "password_hash": password_hash,
                "first_name": applicant.first_name,
                "last_name": applicant.last_name,
                "wants_marketing": applicant.wants_marketing,
                "language": applicant.language,
                **({"terms_version": applicant.terms_version} if applicant.terms_version else {}),
                **({"company": dict(applicant.company)} if applicant.company else {}),
            },
        )
        write_to(email, Kind.REGISTER, token=token, language=applicant.language)


def open_account(link: str, password: str) -> Customer:
    """The account that a link and the password chosen with it open, its address confirmed.

    Without the password somebody could register another's address and wait for its owner to follow the link. A plan
    that includes fewer customers turns nobody away: what is beyond it is written down, and the merchant told.
    Errors: LinkSpent; LogInRefused for another password, AddressTaken when there is an account by now: the link stays
    good then.
    """
    waiting = look_at(link, REGISTER)
    if not check_password(password, waiting.payload["password_hash"]):
        raise LogInRefused
    try:
        with shop_transaction():
            token = spend(link, REGISTER)
            customer = open_verified(token.email, token.payload)
    except IntegrityError as error:
        if "idx_customers_email" in str(error) or "customers_email_key" in str(error):
            raise AddressTaken from error
        raise
    note_customers_beyond_plan()
    return customer


def open_verified(email: str, typed: Mapping[str, Any]) -> Customer:
    """The account of who has proven to read the mails to `email`, in the caller's transaction, with what they typed as
    a register link keeps it. Errors: AddressTaken; IntegrityError when another one is opened at the moment.
    """
    found = customer_by_email(email)
    if found is not None and (found.email_verified or found.status != Customer.Status.ACTIVE):
        raise AddressTaken
    settings = shop_settings()
    # An account that nobody could use yet, such as an imported one, becomes that of who reads its mail.
    customer = found or Customer(email=email, currency=settings.currency, timezone=settings.timezone)
    customer.password_hash = typed["password_hash"]
    customer.email_verified = True
    customer.first_name = typed["first_name"] or customer.first_name
    customer.last_name = typed["last_name"] or customer.last_name
    customer.language = (typed["language"] or settings.language)[:LONGEST_LANGUAGE]
    customer.save()
    if typed["wants_marketing"]:
        record_consent(customer, is_granted=True, place="registration")
    if version := typed.get("terms_version"):
        record_terms(customer, version, place="registration")
    CustomerToken.objects.filter(purpose=REGISTER, email=email).delete()
    claim_orders(customer)
    if typed.get("company") and settings.company_accounts:
        found_company(customer, typed["company"])
    return customer


def unusable_password() -> str:
    """What is stored where no password fits."""
    return make_password(None)
