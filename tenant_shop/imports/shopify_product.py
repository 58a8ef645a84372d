"""What the rows of one product mean: Shopify's columns, translated into a draft of our product.

docs/imports.md has the table of columns.
"""

import re
from typing import Any

from tenant_shop.catalog.html import safe_html
from tenant_shop.imports import cells
from tenant_shop.imports.drafts import ImageDraft, ProductDraft, RowDraft, VariantDraft
from tenant_shop.imports.errors import RowRejected
from tenant_shop.imports.shopify_columns import OPTIONS, Column, Row
from tenant_shop.imports.shopify_rows import RowGroup

LONGEST_NAME = 255
LONGEST_SKU = 100
# Shopify's way to say that a product has one variant and no options.
NO_OPTION = ("Title", "Default Title")
CONTINUE = frozenset({"continue"})
DENY = frozenset({"deny"})
STATUSES = {"active", "draft", "archived", "unlisted"}
TAXONOMY_ID = re.compile(r"(gid://.*|[a-z]{2}(-[0-9]+)*|[0-9]+)")


def read_product(group: RowGroup, currency: str) -> ProductDraft:
    """The product that `group` describes; rows that cannot be understood have their fault.

    The first row describes the product when it has a title; without one the rows add to a product that the shop has.
    Amounts are read in `currency`.
    """
    draft = ProductDraft(group.slug, group.handle, group.rows)
    first, values = group.rows[0], group.values[0]
    describes = bool(values[Column.TITLE])
    try:
        if describes:
            _describe(draft, values)
    except RowRejected as error:
        first.fault = str(error)
    names = _option_names(values)
    for row, row_values in zip(group.rows, group.values, strict=True):
        if row.fault is None:
            _read_row(row, row_values, names, currency, describes=describes and row is first)
    if describes and first.fault is not None:
        draft.reject_dependents()
    elif draft.fields is not None:
        draft.fields.update(_stock_rules([row.variant for row in draft.rows if row.variant and row.fault is None]))
    return draft


def _describe(draft: ProductDraft, values: Row) -> None:
    fields: dict[str, Any] = {"name": cells.text(values[Column.TITLE], Column.TITLE, LONGEST_NAME)}
    if Column.BODY in values:
        fields["description"] = safe_html(values[Column.BODY]) or None
    if Column.TAGS in values:
        fields["tags"] = list(dict.fromkeys(tag.strip() for tag in values[Column.TAGS].split(",") if tag.strip()))
    if Column.SEO_TITLE in values:
        fields["meta_title"] = cells.text(values[Column.SEO_TITLE], Column.SEO_TITLE, LONGEST_NAME) or None
    if Column.SEO_DESCRIPTION in values:
        fields["meta_description"] = values[Column.SEO_DESCRIPTION] or None
    fields.update(_publication(values))
    if Column.VENDOR in values:
        draft.brand = cells.text(values[Column.VENDOR], Column.VENDOR, LONGEST_NAME)
    if Column.TYPE in values or Column.PRODUCT_CATEGORY in values:
        draft.category = cells.text(_category(values), Column.TYPE, LONGEST_NAME)
    draft.fields = fields


def _publication(values: Row) -> dict[str, str]:
    """Status and visibility. Without a status column an unpublished product is a draft; with one it is only hidden."""
    published = True
    if values.get(Column.PUBLISHED):
        published = cells.truth(values[Column.PUBLISHED], Column.PUBLISHED)
    if Column.STATUS in values:
        status = values[Column.STATUS].lower() or "active"
        if status not in STATUSES:
            raise RowRejected(f"{Column.STATUS} is unknown: {cells.shortened(status)}")
        if status == "unlisted":
            return {"status": "active", "visibility": "hidden"}
        return {"status": status, "visibility": "hidden" if status == "active" and not published else "visible"}
    if Column.PUBLISHED in values:
        return {"status": "active" if published else "draft"}
    return {}


def _category(values: Row) -> str:
    """The merchant's own type, else the last step of Shopify's category (Apparel > Clothing > Shirts)."""
    own = values.get(Column.TYPE, "")
    last_step = values.get(Column.PRODUCT_CATEGORY, "").rpartition(">")[2].strip()
    return own or ("" if TAXONOMY_ID.fullmatch(last_step) else last_step)


def _option_names(values: Row) -> tuple[str, ...] | None:
    """The names in a product's first row; None when it gives none."""
    names = tuple(values.get(name, "") for name, _ in OPTIONS)
    return names if any(names) else None


def _read_row(row: RowDraft, values: Row, names: tuple[str, ...] | None, currency: str, *, describes: bool) -> None:
    try:
        if describes or any(values.get(column) for column in (Column.OPTION1_VALUE, Column.SKU, Column.PRICE)):
            row.variant = _variant(values, names, currency)
        row.image = _image(values)
    except RowRejected as error:
        row.fault = str(error)


def _variant(values: Row, names: tuple[str, ...] | None, currency: str) -> VariantDraft:
    if not values[Column.PRICE]:
        raise RowRejected(f"{Column.PRICE} is empty")
    option_names, option_values = _options(values, names)
    fields: dict[str, Any] = {}
    for column, field in ((Column.COMPARE_AT_PRICE, "compare_at_price"), (Column.COST, "cost_price")):
        if column in values:
            fields[field] = cells.amount(values[column], column, currency) if values[column] else None
    if Column.GRAMS in values:
        fields["weight"] = cells.grams(values[Column.GRAMS], Column.GRAMS) if values[Column.GRAMS] else None
    if Column.BARCODE in values:
        # Excel's way to keep a long number from being rounded is a leading apostrophe.
        fields["barcode"] = cells.text(values[Column.BARCODE].lstrip("'"), Column.BARCODE, LONGEST_SKU) or None
    quantity, image = values.get(Column.QUANTITY), values.get(Column.VARIANT_IMAGE)
    policy = values.get(Column.POLICY)
    return VariantDraft(
        option_names=option_names,
        option_values=option_values,
        sku=cells.text(values.get(Column.SKU, "").lstrip("'"), Column.SKU, LONGEST_SKU) or None,
        price=cells.amount(values[Column.PRICE], Column.PRICE, currency),
        quantity=cells.quantity(quantity, Column.QUANTITY) if quantity else None,
        fields=fields,
        image_url=cells.web_address(image, Column.VARIANT_IMAGE) if image else None,
        is_tracked=bool(values[Column.TRACKER]) if Column.TRACKER in values else None,
        may_backorder=None if policy is None else cells.truth(policy or "deny", Column.POLICY, yes=CONTINUE, no=DENY),
    )


def _options(values: Row, names: tuple[str, ...] | None) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
    """The names and values of a row's options; names are None when neither this row nor the first one has them."""
    own_names = _option_names(values) or names
    found = [
        (own_names[place] if own_names else "", cells.text(values.get(value, ""), value, LONGEST_NAME))
        for place, (_, value) in enumerate(OPTIONS)
    ]
    found = [(name, value) for name, value in found if value and (name, value) != NO_OPTION]
    if not own_names:
        found = [(name, value) for name, value in found if value != NO_OPTION[1]]
        return None if found else (), tuple(value for _, value in found)
    for name, value in found:
        if not name:
            raise RowRejected(f"the option {cells.shortened(value)} has no name")
    if len({name for name, _ in found}) < len(found):
        raise RowRejected("two of its options have the same name")
    return tuple(cells.text(name, "An option's name", LONGEST_NAME) for name, _ in found), tuple(
        value for _, value in found
    )


def _image(values: Row) -> ImageDraft | None:
    if not values.get(Column.IMAGE):
        return None
    alt, position = values.get(Column.IMAGE_ALT), values.get(Column.IMAGE_POSITION)
    return ImageDraft(
        url=cells.web_address(values[Column.IMAGE], Column.IMAGE),
        alt_text=None if alt is None else cells.text(alt, Column.IMAGE_ALT, LONGEST_NAME),
        position=cells.position(position, Column.IMAGE_POSITION) if position else None,
    )


def _stock_rules(variants: list[VariantDraft]) -> dict[str, bool]:
    """Tracking and back-orders are the product's, not the variant's: tracked when one variant is, and sold beyond its
    stock only when every variant may be, so that no variant is oversold by another's rule."""
    rules = {}
    if variants[0].is_tracked is not None:
        rules["track_inventory"] = any(variant.is_tracked for variant in variants)
    if variants[0].may_backorder is not None:
        rules["allow_backorder"] = all(variant.may_backorder for variant in variants)
    return rules
