"""Making a product after another, from its page."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect

from platform_core.plans.limits import PlanLimitReached
from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.catalog.duplicate import duplicate_product
from tenant_shop.catalog.models import Product


def duplicate(request: HttpRequest, product_id: UUID, model_admin: Any) -> HttpResponse:
    """Make a draft after the product, and lead to it."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    product = get_object_or_404(Product.objects.defer("variants"), pk=product_id)
    if not (model_admin.has_add_permission(request) and model_admin.has_view_permission(request, product)):
        raise PermissionDenied
    try:
        with shop_transaction():
            copy = duplicate_product(product.pk)
            model_admin.note(request, "add", copy, [{"added": {}}])
    except PlanLimitReached as error:
        messages.error(request, str(error))
        return redirect("admin:tenant_shop_product_change", product.pk)
    messages.success(request, "This is the copy: a draft, without stock. Change what is different about it.")
    return redirect("admin:tenant_shop_product_change", copy.pk)
