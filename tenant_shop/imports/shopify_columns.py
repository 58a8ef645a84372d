"""The columns of Shopify's product CSV, by all the names they have had.

Source: Shopify's product CSV reference and its sample files, before and after the columns were renamed ("Handle" became
"URL handle"). Columns that are not listed (taxes, markets, advertising, metafields) are read over.
"""

from enum import StrEnum

from tenant_shop.imports.header import Dialect


class Column(StrEnum):
    """What a column means; the value is its name for people."""

    HANDLE = "Handle"
    TITLE = "Title"
    BODY = "Body (HTML)"
    VENDOR = "Vendor"
    PRODUCT_CATEGORY = "Product Category"
    TYPE = "Type"
    TAGS = "Tags"
    PUBLISHED = "Published"
    STATUS = "Status"
    OPTION1_NAME = "Option1 Name"
    OPTION1_VALUE = "Option1 Value"
    OPTION2_NAME = "Option2 Name"
    OPTION2_VALUE = "Option2 Value"
    OPTION3_NAME = "Option3 Name"
    OPTION3_VALUE = "Option3 Value"
    SKU = "Variant SKU"
    GRAMS = "Variant Grams"
    TRACKER = "Variant Inventory Tracker"
    QUANTITY = "Variant Inventory Qty"
    POLICY = "Variant Inventory Policy"
    PRICE = "Variant Price"
    COMPARE_AT_PRICE = "Variant Compare At Price"
    COST = "Cost per item"
    BARCODE = "Variant Barcode"
    IMAGE = "Image Src"
    IMAGE_POSITION = "Image Position"
    IMAGE_ALT = "Image Alt Text"
    VARIANT_IMAGE = "Variant Image"
    SEO_TITLE = "SEO Title"
    SEO_DESCRIPTION = "SEO Description"


OTHER_NAMES = {
    Column.HANDLE: ("URL handle",),
    Column.BODY: ("Body HTML", "Description"),
    Column.PRODUCT_CATEGORY: ("Standardized Product Type", "Standard Product Type"),
    Column.TYPE: ("Product Type", "Custom Product Type"),
    Column.PUBLISHED: ("Published on online store",),
    Column.SKU: ("SKU",),
    Column.GRAMS: ("Weight value (grams)",),
    Column.TRACKER: ("Inventory tracker",),
    Column.QUANTITY: ("Inventory quantity", "Variant Inventory Quantity"),
    Column.POLICY: ("Continue selling when out of stock",),
    Column.PRICE: ("Price",),
    Column.COMPARE_AT_PRICE: ("Compare-at price", "Compare At Price"),
    Column.BARCODE: ("Barcode",),
    Column.IMAGE: ("Product image URL",),
    Column.VARIANT_IMAGE: ("Variant image URL",),
}
OPTIONS = (
    (Column.OPTION1_NAME, Column.OPTION1_VALUE),
    (Column.OPTION2_NAME, Column.OPTION2_VALUE),
    (Column.OPTION3_NAME, Column.OPTION3_VALUE),
)
Row = dict[Column, str]
SHOPIFY = Dialect(Column, OTHER_NAMES, required=(Column.HANDLE, Column.TITLE, Column.PRICE))
