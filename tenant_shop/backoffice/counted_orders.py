"""Filters of the order list that the dashboard's figures lead to: the orders behind a number."""

from datetime import date
from typing import Any

from django.contrib import admin
from django.db.models import Case, CharField, Exists, OuterRef, QuerySet, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay
from django.http import HttpRequest

from smartseller import formats
from tenant_shop.analytics.counted import by_buyers, counted, one_of_each_buyer
from tenant_shop.analytics.period import Period
from tenant_shop.backoffice.stock import uuid_or_none
from tenant_shop.backoffice.text_filter import TextFilter
from tenant_shop.backoffice.today import with_refunds
from tenant_shop.catalog.models import Category, Product
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.customers.models import Customer
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order
from tenant_shop.promotions.models import DiscountCode, DiscountRedemption
from tenant_shop.returns.models import Return

NO_COUNTRY = NO_CATEGORY = "none"
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HOURS = 24
MAY_SEE = "tenant_shop.view_customer"
CODE = r"^[A-Z]{2}$"


class RefundFilter(admin.SimpleListFilter):
    """Orders with a refund that is not done."""

    title = "refunds"
    parameter_name = "refunds"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("pending", "On their way"), ("failed", "Failed, not tried again")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        state = self.value()
        return with_refunds(queryset, state) if state in ("pending", "failed") else queryset


class ReturnFilter(admin.SimpleListFilter):
    """Orders of which something is sent back, and that is not done."""

    title = "returns"
    parameter_name = "returns"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("open", "Open")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        over = [Return.Status.REFUNDED, Return.Status.DECLINED]
        waiting = Return.objects.filter(order=OuterRef("pk")).exclude(status__in=over)
        return queryset.filter(Exists(waiting)) if self.value() == "open" else queryset


class CountedFilter(admin.SimpleListFilter):
    """Orders that the figures count, of whomever or of those who ordered for the first time, or before."""

    title = "figures"
    parameter_name = "counted"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("all", "Orders that count"),
            ("new", "Of new customers"),
            ("returning", "Of customers who came back"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        if self.value() not in ("all", "new", "returning"):
            return queryset
        shop = shop_settings()
        orders = counted(queryset, shop.currency)
        return (
            orders if self.value() == "all" else by_buyers(orders, shop.zone, came_before=self.value() == "returning")
        )


class BuyersFilter(admin.SimpleListFilter):
    """One order of each buyer of some days, new or come back: "new.2026-11-01.2026-11-30". Shown only while chosen."""

    title = "one order of each customer"
    parameter_name = "buyers"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        chosen = self._chosen()
        if chosen is None:
            return []
        which, period = chosen
        said = "New" if which == "new" else "Came back"
        return [(str(self.value()), f"{said}, {period.first:%-d %b %Y} to {period.last:%-d %b %Y}")]

    def value(self) -> str | None:
        found = self.used_parameters.get(self.parameter_name)
        return str(found) if found else None

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        chosen = self._chosen()
        if chosen is None:
            return queryset
        which, period = chosen
        return one_of_each_buyer(queryset, period, shop_settings(), came_before=which == "returning")

    def _chosen(self) -> tuple[str, Period] | None:
        which, _, span = (self.value() or "").partition(".")
        first, _, last = span.partition(".")
        if which not in ("new", "returning"):
            return None
        try:
            return which, Period(date.fromisoformat(first), date.fromisoformat(last))
        except ValueError:
            return None


class CustomerFilter(admin.SimpleListFilter):
    """All orders of one account, whatever address they name; shown only while chosen, as a customer's page does."""

    title = "customer"
    parameter_name = "customer"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        chosen = str(self.used_parameters.get(self.parameter_name) or "")
        key = uuid_or_none(chosen)
        found = Customer.objects.filter(pk=key).first() if key and request.user.has_perm(MAY_SEE) else None
        return [(chosen, str(found or "One customer"))] if chosen else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        if not self.value():
            return queryset
        key = uuid_or_none(str(self.value()))
        return queryset.filter(customer=key) if key else queryset.none()


class DiscountFilter(admin.SimpleListFilter):
    """Orders that use a discount, not those that gave it back; shown only while one is chosen."""

    title = "discount"
    parameter_name = "discount"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        chosen = str(self.used_parameters.get(self.parameter_name) or "")
        key = uuid_or_none(chosen)
        found = DiscountCode.objects.filter(pk=key).first() if key else None
        return [(chosen, found.title if found else "A discount that is gone")] if chosen else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        if not self.value():
            return queryset
        key = uuid_or_none(str(self.value()))
        uses = DiscountRedemption.objects.filter(order=OuterRef("pk"), discount=key, released_at=None)
        return queryset.filter(Exists(uses)) if key else queryset.none()


class CountryFilter(admin.SimpleListFilter):
    """Orders to one country, as the figures count it; shown only while one is chosen."""

    title = "country"
    parameter_name = "country"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        chosen = str(self.used_parameters.get(self.parameter_name) or "")
        return [(chosen, "No country" if chosen == NO_COUNTRY else formats.country(chosen))] if chosen else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        if not self.value():
            return queryset
        named = queryset.annotate(sent_to=KT("shipping_address__country"), paid_from=KT("billing_address__country"))
        counted = named.annotate(
            counted_for=Case(
                When(sent_to__regex=CODE, then="sent_to"),
                When(paid_from__regex=CODE, then="paid_from"),
                default=Value(""),
                output_field=CharField(),
            )
        )
        return counted.filter(counted_for="" if self.value() == NO_COUNTRY else self.value())


class SoldFilter(admin.SimpleListFilter):
    """Orders with a line of one product; shown only while one is chosen, as the figures choose it."""

    title = "with the product"
    parameter_name = "product"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        chosen = str(self.used_parameters.get(self.parameter_name) or "")
        key = uuid_or_none(chosen)
        name = Product.objects.filter(pk=key).values_list("name", flat=True).first() if key else None
        return [(chosen, name or "A product that is gone")] if chosen else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        if not self.value():
            return queryset
        key = uuid_or_none(str(self.value()))
        lines = OrderItem.objects.filter(order=OuterRef("pk"), product=key)
        return queryset.filter(Exists(lines)) if key else queryset.none()


class SkuFilter(TextFilter):
    """Orders with a line of what has a SKU: a variant's own, or a product's with all of its variants."""

    title = "SKU"
    parameter_name = "sku"
    hint = "A whole SKU, of a product or a variant."

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        if not self.wanted:
            return queryset
        lines = OrderItem.objects.filter(order=OuterRef("pk"))
        written = {self.wanted, self.wanted.upper()}  # read by index, as no comparison of all of them would be
        product = Product.objects.filter(sku__in=written).values_list("pk", flat=True).first()
        if product:
            return queryset.filter(Exists(lines.filter(product=product)))
        variant = ProductVariant.objects.filter(sku__in=written).values_list("pk", "product_id").first()
        if variant is None:
            return queryset.none()
        return queryset.filter(Exists(lines.filter(product=variant[1], variant=variant[0])))


class ShelfFilter(admin.SimpleListFilter):
    """Orders with a line of a product that stands in one category itself, or in none; shown only while chosen."""

    title = "sold in"
    parameter_name = "shelf"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        chosen = str(self.used_parameters.get(self.parameter_name) or "")
        if chosen in ("", NO_CATEGORY):
            return [(chosen, "Without a category")] if chosen else []
        key = uuid_or_none(chosen)
        name = Category.objects.filter(pk=key).values_list("name", flat=True).first() if key else None
        return [(chosen, name or "A category that is gone")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        if not self.value():
            return queryset
        lines = OrderItem.objects.filter(order=OuterRef("pk"), product__isnull=False)
        if self.value() == NO_CATEGORY:
            return queryset.filter(Exists(lines.filter(product__category=None)))
        key = uuid_or_none(str(self.value()))
        return queryset.filter(Exists(lines.filter(product__category=key))) if key else queryset.none()


class HourFilter(admin.SimpleListFilter):
    """Orders of an hour of the week in the shop's time: "1.14" are Mondays from 14 to 15. Shown only while chosen."""

    title = "hour of the week"
    parameter_name = "hour"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        chosen = self._chosen()
        if chosen is None:
            return []
        weekday, hour = chosen
        return [(str(self.value()), f"{WEEKDAYS[weekday - 1]}, {hour} to {hour + 1} o'clock")]

    def value(self) -> str | None:
        found = self.used_parameters.get(self.parameter_name)
        return str(found) if found else None

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        chosen = self._chosen()
        if chosen is None:
            return queryset.none() if self.value() else queryset
        zone = shop_settings().zone
        placed = queryset.alias(
            placed_on=ExtractIsoWeekDay("created_at", tzinfo=zone), placed_at=ExtractHour("created_at", tzinfo=zone)
        )
        return placed.filter(placed_on=chosen[0], placed_at=chosen[1])

    def _chosen(self) -> tuple[int, int] | None:
        weekday, _, hour = (self.value() or "").partition(".")
        if not (weekday.isdecimal() and hour.isdecimal() and len(self.value() or "") <= len("1.23")):
            return None
        return (int(weekday), int(hour)) if 1 <= int(weekday) <= len(WEEKDAYS) and int(hour) < HOURS else None


# Those that numbers of the home, of discounts and of customers lead to.
OF_FIGURES = (
    CountedFilter,
    BuyersFilter,
    CustomerFilter,
    DiscountFilter,
    CountryFilter,
    SoldFilter,
    ShelfFilter,
    HourFilter,
)
