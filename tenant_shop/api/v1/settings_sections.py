"""The sections of the settings that programs read and change."""

from collections.abc import Mapping
from typing import Any

from django.core.validators import RegexValidator
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from smartseller.api.inputs import Choice, Email, Flag, Input, Text, Whole
from smartseller.api.outputs import Output
from smartseller.choices import currencies, time_zones
from tenant_shop.api.v1.settings import SettingsSection
from tenant_shop.backoffice.invoice_settings import InvoiceSettingsForm, opened, save
from tenant_shop.backoffice.notices import NoticesForm
from tenant_shop.backoffice.region import RegionForm, tell_platform
from tenant_shop.backoffice.settings import SettingsForm, rename
from tenant_shop.backoffice.tax_settings import TaxSettingsForm
from tenant_shop.configuration.rules import (
    HIGHEST_THRESHOLD,
    LONGEST_ADDRESS,
    LONGEST_INVOICE_LINES,
    LONGEST_NAME,
    LONGEST_PHONE,
    LONGEST_RETURN,
    LONGEST_SENTENCE,
    LONGEST_TERMS,
    MOST_NOTICES,
    PHONE,
)
from tenant_shop.documents.begin_numbers import HIGHEST
from tenant_shop.documents.due import BY_HAND, WHEN_PAID, WHEN_SENT
from tenant_shop.documents.mailed import ATTACH, LINK
from tenant_shop.documents.prefixes import LONGEST_PREFIX, PREFIX
from tenant_shop.orders.address import countries

QUOTES = ("", "customers", "everybody")
WEIGHTS, LENGTHS = ("g", "kg", "oz", "lb"), ("mm", "cm", "in")
ISSUED = (WHEN_PAID, WHEN_SENT, BY_HAND)


class ShopSettingsOutput(Output):
    """The shop's name, how it is reached, and what it says of returns, quotes, companies and terms."""

    store_name = serializers.CharField()
    store_email = serializers.CharField()
    store_phone = serializers.CharField()
    store_address = serializers.CharField()
    return_days = serializers.IntegerField()
    returns_text = serializers.CharField()
    quote_requests = serializers.CharField(help_text="Who may ask: customers, everybody, or empty for nobody.")
    company_accounts = serializers.BooleanField()
    terms_text = serializers.CharField()
    terms_need_tick = serializers.BooleanField()


class ShopSettingsInput(Input):
    """What is not named stays. Addresses have lines."""

    store_name = Text(max_length=LONGEST_NAME)
    store_email = Email()
    store_phone = Text(max_length=LONGEST_PHONE, allow_blank=True, validators=[RegexValidator(rf"^{PHONE}$")])
    store_address = Text(max_length=LONGEST_ADDRESS, allow_blank=True)
    return_days = Whole(min_value=0, max_value=LONGEST_RETURN)
    returns_text = Text(max_length=LONGEST_SENTENCE, allow_blank=True)
    quote_requests = Choice(QUOTES, allow_blank=True)
    company_accounts = Flag()
    terms_text = Text(max_length=LONGEST_TERMS, allow_blank=True)
    terms_need_tick = Flag()


class ShopSection(SettingsSection):
    """The shop itself."""

    output, changes, form = ShopSettingsOutput, ShopSettingsInput, SettingsForm

    def then(self, values: Mapping[str, Any]) -> None:
        rename(values)


class RegionSettingsOutput(Output):
    """The shop's money, time and country, and the units in which its people write. Here grams and centimetres hold."""

    currency = serializers.CharField()
    timezone = serializers.CharField()
    country = serializers.CharField()
    weight_unit = serializers.CharField()
    length_unit = serializers.CharField()


CURRENCIES = [code for code, _ in currencies()]
TIME_ZONES = [name for name, _ in time_zones()]
COUNTRIES = sorted(countries())


@extend_schema_field({"type": "string", "enum": CURRENCIES})
class Currency(Choice):
    """ISO 4217."""

    def __init__(self) -> None:
        super().__init__(CURRENCIES)


@extend_schema_field({"type": "string", "enum": TIME_ZONES})
class TimeZone(Choice):
    """An IANA name."""

    def __init__(self) -> None:
        super().__init__(TIME_ZONES)


@extend_schema_field({"type": "string", "enum": COUNTRIES})
class Country(Choice):
    """ISO 3166-1 alpha-2."""

    def __init__(self) -> None:
        super().__init__(COUNTRIES)


class RegionSettingsInput(Input):
    """The currency stays once there are orders."""

    currency = Currency()
    timezone = TimeZone()
    country = Country()
    weight_unit = Choice(WEIGHTS)
    length_unit = Choice(LENGTHS)


class RegionSection(SettingsSection):
    """Money, time and place."""

    output, changes, form = RegionSettingsOutput, RegionSettingsInput, RegionForm

    def then(self, values: Mapping[str, Any]) -> None:
        tell_platform(values)


class TaxSettingsOutput(Output):
    """What holds for tax where no rate says otherwise; `tax_rate` is in percent."""

    prices_include_tax = serializers.BooleanField()
    tax_rate = serializers.CharField()
    tax_on_shipping = serializers.CharField(help_text="The class by which delivery is taxed, or none.")
    reverse_charge = serializers.BooleanField()


class TaxSettingsInput(Input):
    """`tax_rate` is a text, in percent: "19"."""

    prices_include_tax = Flag()
    tax_rate = Text(max_length=7, validators=[RegexValidator(r"^[0-9]{1,2}(\.[0-9]{1,4})?$")])
    tax_on_shipping = Text(max_length=50)
    reverse_charge = Flag()


class TaxSection(SettingsSection):
    """Tax."""

    output, changes, form = TaxSettingsOutput, TaxSettingsInput, TaxSettingsForm
    of_the_shop = frozenset({"tax_on_shipping"})


class NoticeSettingsOutput(Output):
    """Who is told of new orders, and where a new product begins to run low."""

    order_notices = serializers.ListField(child=serializers.CharField())
    low_stock_threshold = serializers.IntegerField()


class NoticeSettingsInput(Input):
    order_notices = serializers.ListField(child=Email(), max_length=MOST_NOTICES)
    low_stock_threshold = Whole(min_value=0, max_value=HIGHEST_THRESHOLD)


class NoticesSection(SettingsSection):
    """Notices."""

    output, changes, form = NoticeSettingsOutput, NoticeSettingsInput, NoticesForm
    lines = frozenset({"order_notices"})


class InvoiceSettingsOutput(Output):
    """When invoices are issued, what stands on them, and the numbers that come next."""

    invoice_issue = serializers.CharField()
    invoice_seller = serializers.CharField()
    invoice_tax_id = serializers.CharField()
    invoice_footer = serializers.CharField()
    invoice_mail = serializers.CharField()
    invoice_prefix = serializers.CharField()
    next_invoice = serializers.IntegerField()
    credit_note_prefix = serializers.CharField()
    next_credit_note = serializers.IntegerField()


class Prefix(Text):
    """What stands before numbers. It ends with another sign than a digit."""

    def __init__(self) -> None:
        super().__init__(max_length=LONGEST_PREFIX)
        self.validators[-1] = RegexValidator(PREFIX)


class InvoiceSettingsInput(Input):
    """Numbers go up only."""

    invoice_issue = Choice(ISSUED)
    invoice_seller = Text(max_length=LONGEST_INVOICE_LINES, allow_blank=True)
    invoice_tax_id = Text(max_length=50, allow_blank=True)
    invoice_footer = Text(max_length=LONGEST_INVOICE_LINES, allow_blank=True)
    invoice_mail = Choice((LINK, ATTACH))
    invoice_prefix = Prefix()
    next_invoice = Whole(min_value=1, max_value=HIGHEST)
    credit_note_prefix = Prefix()
    next_credit_note = Whole(min_value=1, max_value=HIGHEST)


class InvoicesSection(SettingsSection):
    """Invoices and credit notes."""

    output, changes, form = InvoiceSettingsOutput, InvoiceSettingsInput, InvoiceSettingsForm

    def opened(self, data: Any) -> InvoiceSettingsForm:
        return opened(data)

    def save(self, form: Any) -> list[str]:
        return save(form)
