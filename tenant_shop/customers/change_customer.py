"""Changing a customer for them: what the shop's people and programs may mend."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.configuration.languages import shop_languages
from tenant_shop.customers.consents import record_consent
from tenant_shop.customers.models import Customer
from tenant_shop.pricing.models import CustomerGroup

# What nobody said is empty of a value.
TEXTS = frozenset({"first_name", "last_name", "phone"})


def change_customer(customer: Customer, values: Mapping[str, Any]) -> Customer:
    """Write `values`, by attribute name, into a locked customer; the consent to marketing mails with its time.

    Errors: ValidationError by field, with `does_not_exist` of `group_id` and `unknown_language` of `language`; nothing
        changes then.
    """
    with shop_transaction():
        given = dict(values)
        consent = given.pop("marketing_consent", None)
        _check(given)
        for name, value in given.items():
            setattr(customer, name, (value or None) if name in TEXTS else value)
        if given:
            customer.save(update_fields=list(given))
        if consent is not None:
            record_consent(customer, is_granted=consent, place="api")
    return customer


def _check(given: Mapping[str, Any]) -> None:
    group_id = given.get("group_id")
    if group_id is not None and not CustomerGroup.objects.filter(pk=group_id).exists():
        refusal = ValidationError("There is no such group.", code="does_not_exist")
        raise ValidationError({"group_id": refusal})
    if "language" in given and given["language"] not in shop_languages().all:
        refusal = ValidationError("The shop is not written in this language.", code="unknown_language")
        raise ValidationError({"language": refusal})
