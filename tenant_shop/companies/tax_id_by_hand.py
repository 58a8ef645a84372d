"""What the merchant says of a company's tax id."""

from uuid import UUID

from django.utils import timezone

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.companies.check_tax_id import ask_soon
from tenant_shop.companies.errors import InvalidTaxId
from tenant_shop.companies.find import lock_company
from tenant_shop.companies.models import Company
from tenant_shop.companies.tax_ids import read_tax_id

State = Company.TaxIdState


def judge_tax_id(company_id: UUID, *, is_real: bool, actor: str) -> Company:
    """The merchant has seen a certificate, or knows better: the id is confirmed, or refused, by `actor` (a user's id).

    Registers are not asked about it any more, until it is another id.
    Errors: CompanyNotFound; InvalidTaxId when the company has none.
    """
    with shop_transaction():
        company = lock_company(company_id)
        if not company.tax_id:
            raise InvalidTaxId("")
        company.tax_id_state = State.CONFIRMED if is_real else State.REFUSED
        company.tax_id_checked_at, company.tax_id_checked_by = timezone.now(), actor
        company.tax_id_note = ""
        company.save(update_fields=["tax_id_state", "tax_id_checked_at", "tax_id_checked_by", "tax_id_note"])
    return company


def change_tax_id(company_id: UUID, written: str) -> Company:
    """Give a company another tax id, of which nothing is known but its form. The same one again changes nothing.

    After commit: a register is asked about it, where there is one.
    Errors: CompanyNotFound; InvalidTaxId.
    """
    with shop_transaction():
        company = lock_company(company_id)
        read = read_tax_id(written, company.country)
        if read.text == company.tax_id:
            return company
        company.tax_id, company.tax_id_state = read.text, read.state
        company.tax_id_checked_at, company.tax_id_checked_by, company.tax_id_note = None, "", ""
        company.save(update_fields=["tax_id", "tax_id_state", "tax_id_checked_at", "tax_id_checked_by", "tax_id_note"])
        ask_soon(company)
    return company
