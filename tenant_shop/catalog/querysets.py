"""The questions that storefront and back office ask of the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q

from tenant_shop.catalog.variants import ProductVariant

if TYPE_CHECKING:
    from tenant_shop.catalog.models import Product  # noqa: F401


class ProductQuerySet(models.QuerySet["Product"]):
    def visible(self) -> ProductQuerySet:
        """Products that shoppers see and may buy."""
        return self.filter(status="active", visibility="visible")

    def reachable(self) -> ProductQuerySet:
        """Products that have a page; a hidden one for those who know its address."""
        return self.filter(status="active")

    def listed(self) -> ProductQuerySet:
        """Products that shoppers see in lists, search and on a page of their own; some are not sold online."""
        return self.filter(status="active", visibility__in=("visible", "catalog_only"))

    def buyable(self) -> ProductQuerySet:
        """Visible products of which at least one variant can be bought now."""
        on_sale = ProductVariant.objects.filter(product=OuterRef("pk"), is_active=True)
        return self.visible().filter(
            Exists(on_sale.filter(inventory_quantity__gt=0))
            | (Q(track_inventory=False) | Q(allow_backorder=True)) & Exists(on_sale)
        )
