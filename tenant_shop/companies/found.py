"""Registering a company: its first member is its admin, and the shop decides whether it may buy."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.companies.check_tax_id import ask_soon
from tenant_shop.companies.errors import AlreadyMember, InvalidCompany, InvalidTaxId
from tenant_shop.companies.models import Company, CompanyMember
from tenant_shop.companies.tax_ids import TaxId, read_tax_id
from tenant_shop.companies.tell_merchant import News, tell_merchant
from tenant_shop.customers.models import Customer
from tenant_shop.orders.address import clean_address
from tenant_shop.orders.errors import InvalidAddress

LONGEST_NAME = 255
# The shop's mails say the name: it is no place for links. Names such as "Example.com Ltd" are names.
ADDRESS_IN_NAME = re.compile(r"://|@|\bwww\.|\w\.\w{2,}/", re.IGNORECASE)
# Of an address, what a company's own has.
PLACE = ("address_line_1", "address_line_2", "postal_code", "city", "state_province", "country")


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What is said of a company, checked and tidied."""

    name: str
    tax_id: TaxId
    place: Mapping[str, str]


def read_details(given: Mapping[str, Any]) -> Details:
    """The company that somebody typed: `name`, `tax_id` and the fields of an address.

    Errors: InvalidCompany with a sentence for each bad field.
    """
    problems: dict[str, str] = {}
    name = " ".join(str(given.get("name") or "").split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        problems["name"] = _("Please give the company's name.")
    elif ADDRESS_IN_NAME.search(name):
        problems["name"] = _("Please give the company's name without web or e-mail addresses.")
    place: dict[str, str] = {}
    try:
        place = clean_address({**given, "company": "", "first_name": "", "last_name": "-"}, kind="billing")
    except InvalidAddress as refusal:
        problems |= refusal.problems
    tax_id = TaxId("", Company.TaxIdState.UNCHECKED)
    try:
        tax_id = read_tax_id(str(given.get("tax_id") or ""), str(given.get("country") or "").upper())
    except InvalidTaxId as refusal:
        problems["tax_id"] = str(refusal)
    if problems:
        raise InvalidCompany(problems)
    return Details(name=name, tax_id=tax_id, place={field: place[field] for field in PLACE})


def found_company(customer: Customer, given: Mapping[str, Any]) -> Company:
    """Register a company for the customer, who becomes its admin; it waits for the shop's decision.

    After commit: the merchant is written to, and a register is asked about its tax id, where there is one.
    Errors: InvalidCompany; AlreadyMember.
    """
    details = read_details(given)
    try:
        with shop_transaction():
            company = Company.objects.create(
                name=details.name,
                tax_id=details.tax_id.text,
                tax_id_state=details.tax_id.state,
                **details.place,
            )
            CompanyMember.objects.create(company=company, customer=customer, role=CompanyMember.Role.ADMIN)
            tell_merchant(company, News.WAITS)
            ask_soon(company)
    except IntegrityError as error:
        if "company_members_customer" in str(error):
            raise AlreadyMember from error
        raise
    return company
