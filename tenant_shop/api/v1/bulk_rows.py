"""What is done with the rows of a job: each as the call alone would do it, refusals included."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.http import Http404
from rest_framework import status

from platform_core.tenancy.transactions import shop_transaction
from smartseller.api.errors import answer_error
from smartseller.api.inputs import Input
from tenant_shop.api.v1.customers import CustomerItem
from tenant_shop.api.v1.products import ProductItem, ProductList
from tenant_shop.api.v1.resource import Creates, Edits, Values
from tenant_shop.api.v1.stock import AdjustStock
from tenant_shop.api.v1.variants import VariantItem, VariantsOfProduct
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.imports.jobs.models import BulkJob
from tenant_shop.imports.jobs.rows import Result, Run, Sender

# What of a refusal is kept.
KEPT = ("code", "message", "param")
Do = Callable[[Values, Sender], Result]


def _row(do: Do) -> Run:
    """`do`, so that what it refuses has changed nothing and is told as an answer would tell it."""

    def run(body: Mapping[str, Any], sender: Sender) -> Result:
        try:
            with shop_transaction():
                return do(dict(body), sender)
        except Exception as error:
            answer = answer_error(error, {})
            if answer is None or answer.status_code >= 500:
                raise
            told = answer.data["error"]
            return Result(answer.status_code, error={name: told[name] for name in KEPT})

    return run


def _read(form: type[Input], body: Values, *, partial: bool = False) -> Values:
    read = form(data=body, partial=partial)
    read.is_valid(raise_exception=True)
    values: Values = read.validated_data
    return values


def _make(view: Creates, body: Values, sender: Sender, **keys: Any) -> Result:
    view.sender = sender
    shown = view.made(_read(view.input, body), **keys)
    return Result(status.HTTP_201_CREATED, UUID(shown["id"]))


def _change(view: Edits, body: Values, sender: Sender, **keys: Any) -> Result:
    view.sender = sender
    shown = view.changed(_read(view.changes, body, partial=True), **keys)
    return Result(status.HTTP_200_OK, UUID(shown["id"]))


def _product(body: Values, sender: Sender) -> Result:
    if "id" in body:
        return _change(ProductItem(), body, sender, key=body.pop("id"))
    return _make(ProductList(), body, sender)


def _variant(body: Values, sender: Sender) -> Result:
    if "id" in body:
        return _change(VariantItem(), body, sender, key=body.pop("id"))
    return _make(VariantsOfProduct(), body, sender, key=body.pop("product_id"))


def _stock(body: Values, sender: Sender) -> Result:
    named = {"pk": body.pop("variant_id")} if "variant_id" in body else {"sku": body.pop("sku")}
    variant = ProductVariant.objects.filter(**named).first()
    if variant is None:
        raise Http404
    view = AdjustStock()
    view.sender = sender
    shown = view.done(_read(view.input, body), key=variant.pk)
    return Result(status.HTTP_200_OK, UUID(shown["id"]))


def _customer(body: Values, sender: Sender) -> Result:
    return _change(CustomerItem(), body, sender, key=body.pop("id"))


ROWS: dict[str, Run] = {
    BulkJob.Kind.PRODUCTS: _row(_product),
    BulkJob.Kind.VARIANTS: _row(_variant),
    BulkJob.Kind.STOCK: _row(_stock),
    BulkJob.Kind.CUSTOMERS: _row(_customer),
}
