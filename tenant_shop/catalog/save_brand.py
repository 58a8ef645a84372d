"""Making and changing a brand."""

from collections.abc import Mapping
from typing import Any

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.catalog.models import Brand
from tenant_shop.catalog.pictures.add import show_cover_reference
from tenant_shop.catalog.pictures.own_addresses import check_address
from tenant_shop.catalog.write import unused_slug, write_columns


def save_brand(brand: Brand, values: Mapping[str, Any]) -> Brand:
    """Write `values`, by attribute name, into a new or a locked brand and save it.

    Without a slug a new one gets its name's. A picture's address replaces a file that was uploaded.
    Errors: ValidationError by field; nothing changes then.
    """
    with shop_transaction():
        given = dict(values)
        if brand._state.adding and not given.get("slug"):
            given["slug"] = unused_slug(Brand, str(given.get("name", "")))
        is_pictured = "logo_url" in given and given["logo_url"] != brand.logo_url
        if is_pictured:
            check_address(given["logo_url"], field="logo_url")
        write_columns(brand, given)
        if is_pictured:
            show_cover_reference(brand)
        else:
            brand.save()
    return brand
