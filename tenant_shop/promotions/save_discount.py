"""Making, changing and deleting a discount."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model

from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.transactions import shop_transaction
from smartseller.errors import RuleViolation
from smartseller.money import minor_units
from tenant_shop.catalog.models import Category, Product
from tenant_shop.catalog.write import write_columns
from tenant_shop.promotions.find import MOST_AUTOMATIC, normalised_code
from tenant_shop.promotions.models import DiscountCode

GOODS: dict[str, type[Model]] = {"applicable_products": Product, "applicable_categories": Category}


class DiscountUsed(RuleViolation):
    """Orders refer to it; it can only be switched off."""

    code = "discount_used"

    def __init__(self, title: str) -> None:
        self.title = title
        super().__init__(f"Orders have used {title}: it cannot be deleted. Switch it off instead.")


def save_discount(discount: DiscountCode, values: Mapping[str, Any]) -> DiscountCode:
    """Write `values`, by attribute name, into a new or a locked discount and save it.

    Errors: ValidationError by field, as `problems_of` finds them, `unique` of `code`, and `does_not_exist` of
        `applicable_products` and `applicable_categories`; nothing changes then.
    """
    with shop_transaction():
        given = dict(values)
        if "code" in given:
            given["code"] = normalised_code(given["code"] or "") or None
        for name, model in GOODS.items():
            if name in given:
                given[name] = _found(name, model, given[name])
        if problems := dict(problems_of(discount, given)):
            raise ValidationError(problems)
        write_columns(discount, given)
        discount.save()
    return discount


def delete_discount(discount: DiscountCode) -> None:
    """Delete a locked discount. Errors: DiscountUsed once orders have used it."""
    if discount.usage_count:
        raise DiscountUsed(discount.title)
    discount.delete()


def problems_of(discount: DiscountCode, values: Mapping[str, Any]) -> Iterator[tuple[str, ValidationError]]:
    """What is wrong with the discount as `values` would make it, by field. A SELECT for one without a code."""

    def at(name: str) -> Any:
        return values[name] if name in values else getattr(discount, name)

    kind, value, code = at("type"), at("value"), at("code")
    if code and not str(code).isprintable():
        yield "code", ValidationError("A code is made of letters, digits and signs that can be typed.", "invalid")
    if at("starts_at") and at("ends_at") and at("ends_at") <= at("starts_at"):
        yield "ends_at", ValidationError("It ends before it begins.", "ends_before_it_begins")
    if value is not None:
        wrong = _wrong_value(kind, value)
        if wrong:
            yield "value", ValidationError(*wrong)
    for name in ("usage_limit", "usage_limit_per_customer"):
        limit = at(name)
        if limit is not None and limit < 1:
            yield name, ValidationError("Write 1 or more; leave it empty for no limit.", "min_value")
    if not code and at("is_active"):
        others = DiscountCode.objects.filter(code=None, is_active=True).exclude(pk=discount.pk).count()
        if others >= MOST_AUTOMATIC:
            words = f"{MOST_AUTOMATIC} discounts without a code are active. Switch one off, or give this a code."
            yield "is_active", ValidationError(words, "too_many_automatic")


def _wrong_value(kind: Any, value: Any) -> tuple[str, str] | None:
    types = DiscountCode.Type
    if value < 0:
        return "A discount takes off; it does not put on.", "min_value"
    if kind == types.PERCENTAGE and value > 100:
        return "More than 100 percent cannot be taken off.", "max_value"
    if kind in (types.PERCENTAGE, types.FIXED_AMOUNT) and value == 0:
        return "How much is taken off? Write more than nothing.", "min_value"
    currency = current_tenant().currency
    if kind == types.FIXED_AMOUNT and value != round(value, minor_units(currency)):
        return f"{currency} has {minor_units(currency)} decimals.", "too_fine"
    return None


def _found(name: str, model: type[Model], keys: Any) -> list[Any] | None:
    wanted = list(dict.fromkeys(keys or ()))
    known = set(model._default_manager.filter(pk__in=wanted).values_list("pk", flat=True)) if wanted else set()
    if missing := [key for key in wanted if key not in known]:
        words = f"There is no such {model._meta.verbose_name}: {missing[0]}."
        raise ValidationError({name: ValidationError(words, "does_not_exist")})
    return wanted or None
