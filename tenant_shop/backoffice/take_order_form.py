"""The form of an order that is taken by hand: who, what, where to, and how it is paid."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, cast
from uuid import UUID, uuid4

from django import forms
from django.http import QueryDict
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminEmailInputWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldBooleanWidget,
)

from tenant_shop.backoffice.address_fields import BILLING, address_fields, address_in, text
from tenant_shop.backoffice.goods_rows import GoodsRows
from tenant_shop.backoffice.money import MoneyField
from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.customers.address_book import Role, addresses_of, roles_of
from tenant_shop.customers.models import Customer, CustomerAddress
from tenant_shop.orders.address import FIELDS, MAX_NOTES
from tenant_shop.orders.address_lines import address_lines
from tenant_shop.orders.by_hand import (
    LONGEST_DELIVERY,
    LONGEST_REASON,
    MOST_DAYS,
    OWN_DELIVERY,
    PAID_BY_HAND,
    ByHand,
    own_delivery,
    own_discount,
)
from tenant_shop.payments.methods import PaymentMethod

PAID = "paid"
LOOK_UP = "look_up"
# Buttons that ask for more of the form itself: nothing is checked for them.
ASIDE = ("more", LOOK_UP)
FROM_BOOK = "from_book"
AS_WRITTEN = ("", "As written below")
FIRST_THAT_FITS = ("", "The first that fits")
OWN = (OWN_DELIVERY, "At a price of your own, below")


class TakeOrderForm(forms.Form):
    """What staff type while the customer talks. Each address is checked as one that a shopper types."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    expected_total = forms.DecimalField(required=False, widget=forms.HiddenInput)
    email = forms.EmailField(
        label="E-mail address",
        max_length=255,
        widget=UnfoldAdminEmailInputWidget(attrs={"autocomplete": "off", "list": "known-customers"}),
        help_text="Of an account, the order is the account's; any other is a guest's. The confirmation goes there.",
    )
    phone = text("Telephone", 20)
    bill_elsewhere = forms.BooleanField(label="The bill goes elsewhere", required=False, widget=UnfoldBooleanWidget)
    delivery = forms.CharField(required=False, max_length=100, widget=UnfoldAdminRadioSelectWidget)
    delivery_name = text("Your own delivery", LONGEST_DELIVERY, initial="Delivery")
    coupon_code = text("Discount code", 50)
    discount_percent = forms.DecimalField(
        label="Percent off",
        required=False,
        min_value=Decimal(0),
        max_value=Decimal(100),
        max_digits=5,
        decimal_places=2,
        widget=UnfoldAdminDecimalFieldWidget,
    )
    discount_reason = text("Reason", LONGEST_REASON, help_text="The customer reads it beside the amount.")
    payment = forms.ChoiceField(label="How it is paid", widget=UnfoldAdminRadioSelectWidget)
    pay_days = forms.IntegerField(
        label="Days to pay",
        required=False,
        min_value=1,
        max_value=MOST_DAYS,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text="For an order that waits for its money. Empty: as long as at the checkout.",
    )
    purchase_number = text("The buyer's own order number", 50)
    notes = forms.CharField(
        label="The customer's note", required=False, max_length=MAX_NOTES,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(
        self,
        data: QueryDict | None,
        *,
        settings: ShopSettings,
        methods: Sequence[PaymentMethod],
        customer: Customer | None = None,
    ) -> None:
        self.book = addresses_of(customer) if customer is not None else []
        known = _known(customer, self.book)
        super().__init__(data, initial={"token": uuid4(), "country": settings.country, **known})
        self.settings = settings
        self.fields |= address_fields() | address_fields(BILLING)
        self.fields[BILLING + "country"].initial = settings.country
        for name, label in (("delivery_amount", "Its price"), ("discount_amount", "Amount off")):
            self.fields[name] = MoneyField(
                label=label,
                required=False,
                min_value=Decimal(0),
                max_digits=13,
                decimal_places=3,
                widget=UnfoldAdminDecimalFieldWidget(),
            )
        offered = [(method.code, _named(method)) for method in methods]
        self.fields["payment"].choices = [*offered, (PAID, "It is paid already")]  # type: ignore[attr-defined]
        self.fields["payment"].initial = (*offered, (PAID, ""))[0][0]
        if self.book:
            offered_addresses = [(str(address.pk), _written(address)) for address in self.book]
            for name, label in ((FROM_BOOK, "From their addresses"), (BILLING + FROM_BOOK, "From their addresses")):
                self.fields[name] = forms.ChoiceField(
                    label=label,
                    required=False,
                    choices=[AS_WRITTEN, *offered_addresses],
                    widget=UnfoldAdminSelectWidget,
                    help_text="Instead of what is written below.",
                )
        self.rows = GoodsRows(data)
        self.offer([])
        self.is_aside = data is not None and data.get("do") in ASIDE
        if data is not None and data.get("do") == LOOK_UP:
            self._fill(known)

    def full_clean(self) -> None:
        """Who asks for more of the form is not told what is missing yet."""
        super().full_clean()
        if self.is_aside:
            self.errors.clear()
            self.rows.errors.clear()

    def _fill(self, known: Mapping[str, Any]) -> None:
        """Show what is known of the account that was looked up, where nothing is written yet."""
        data = cast("QueryDict", self.data).copy()
        is_blank = not any(data.get(name, "").strip() for name in FIELDS if name != "country")
        for name, value in known.items():
            if (name in FIELDS and is_blank) or (name == "phone" and not data.get(name, "").strip()):
                data[name] = value or ""
        self.data = data

    def offer(self, deliveries: Sequence[tuple[str, str]]) -> None:
        """Show these ways to deliver, which are known once there are goods and a country."""
        self.fields["delivery"].widget.choices = [FIRST_THAT_FITS, *deliveries, OWN]

    @property
    def who(self) -> list[forms.BoundField]:
        return [self["email"], self["phone"]]

    @property
    def address(self) -> list[forms.BoundField]:
        return [self[name] for name in FIELDS]

    @property
    def book_field(self) -> forms.BoundField | None:
        """The choice among the customer's addresses, if there are any."""
        return self[FROM_BOOK] if self.book else None

    @property
    def bill(self) -> list[forms.BoundField]:
        of_book = [self[BILLING + FROM_BOOK]] if self.book else []
        return [self["bill_elsewhere"], *of_book, *(self[BILLING + name] for name in FIELDS)]

    @property
    def deliver(self) -> list[forms.BoundField]:
        return [self[name] for name in ("delivery", "delivery_name", "delivery_amount")]

    @property
    def discount(self) -> list[forms.BoundField]:
        return [self[name] for name in ("coupon_code", "discount_amount", "discount_percent", "discount_reason")]

    @property
    def pay(self) -> list[forms.BoundField]:
        return [
            self["payment"],
            self["pay_days"],
            *([self["purchase_number"]] if self.settings.company_accounts else []),
        ]

    def clean(self) -> dict[str, Any] | None:
        given = super().clean() or self.cleaned_data
        self._take_from_book(given)
        self.rows.read()
        if self.rows.errors:
            self.add_error(None, "Please check the goods.")
        elif not self.rows.goods:
            self.add_error(None, "Write down what is ordered: a SKU, and how many pieces.")
        kinds = [name for name in ("coupon_code", "discount_amount", "discount_percent") if given.get(name)]
        if len(kinds) > 1:
            self.add_error(kinds[1], "Give one discount: a code, an amount or a percentage.")
        if given.get("delivery") == OWN_DELIVERY and given.get("delivery_amount") is None:
            self.add_error("delivery_amount", "Say what this delivery costs.")
        return given

    def _take_from_book(self, given: dict[str, Any]) -> None:
        """Write what was chosen among the customer's addresses into the fields, where it can be read and mended."""
        by_key = {str(address.pk): address for address in self.book}
        data: QueryDict | None = None
        for prefix in ("", BILLING):
            address = by_key.get(given.get(prefix + FROM_BOOK, ""))
            if address is None:
                continue
            data = data or cast("QueryDict", self.data).copy()
            data[prefix + FROM_BOOK] = ""
            for name in FIELDS:
                data[prefix + name] = given[prefix + name] = getattr(address, name) or ""
                self.errors.pop(prefix + name, None)
        if data is not None:
            self.data = data

    @property
    def by_hand_facts(self) -> dict[str, Any]:
        """The arguments of `ByHand` but for the actor. Errors: NotTakenLikeThis."""
        given = self.cleaned_data
        amount, percent = given["discount_amount"] or None, given["discount_percent"] or None
        is_own = given["delivery"] == OWN_DELIVERY
        return {
            "delivery": own_delivery(given["delivery_name"], given["delivery_amount"], self.settings.currency)
            if is_own
            else None,
            "discount": own_discount(reason=given["discount_reason"], amount=amount, percent=percent)
            if amount or percent
            else None,
            "pay_within": timedelta(days=given["pay_days"]) if given["pay_days"] else None,
            "is_paid": given["payment"] == PAID,
        }

    def by_hand(self, actor: str) -> ByHand:
        return ByHand(actor=actor, **self.by_hand_facts)

    @property
    def payment_method(self) -> str:
        chosen: str = self.cleaned_data["payment"]
        return PAID_BY_HAND.code if chosen == PAID else chosen

    @property
    def addresses(self) -> dict[str, Any]:
        """The two addresses as arguments of `place_order`."""
        given = self.cleaned_data
        shipping = address_in(given)
        billing = address_in(given, BILLING) if given["bill_elsewhere"] else shipping
        return {"shipping_address": shipping, "billing_address": billing}

    def tell(self, problems: Mapping[str, str], *, prefix: str = "") -> None:
        """Show a room's sentences beside the fields that they are about."""
        for name, sentence in problems.items():
            self.add_error(prefix + name if prefix + name in self.fields else None, sentence)


def _named(method: PaymentMethod) -> str:
    if method.is_online:
        return f"{method.name}: the customer gets a link to pay"
    return method.name


def _known(customer: Customer | None, book: Sequence[CustomerAddress]) -> dict[str, Any]:
    """What is known of a customer before anybody types."""
    if customer is None:
        return {}
    address = next((each for each in book if Role.SHIPPING in roles_of(each)), None)
    known = {name: getattr(address, name) for name in FIELDS} if address else {}
    names = {"first_name": customer.first_name, "last_name": customer.last_name}
    return {"email": customer.email, "phone": customer.phone, **names, **{k: v for k, v in known.items() if v}}


def _written(address: CustomerAddress) -> str:
    """On one line, with what it was chosen for."""
    line = ", ".join(address_lines({name: getattr(address, name) or "" for name in FIELDS}))
    roles = " and ".join(sorted(f"{role.value}" for role in roles_of(address)))
    return f"{line} ({roles})" if roles else line


def customer_id_of(customer: Customer | None) -> UUID | None:
    return customer.pk if customer else None
