"""The columns of an order history with one row for each line, by the names that shops' programs give them."""

from enum import StrEnum

from tenant_shop.imports.header import Dialect


class Column(StrEnum):
    """What a column means; the value is its name for people."""

    NUMBER = "Order number"
    SKU = "SKU"
    NAME = "Product name"
    QUANTITY = "Quantity"
    DATE = "Date"
    PRICE = "Unit price"
    CUSTOMER = "Customer number"
    EMAIL = "E-mail"
    COUNTRY = "Country"


HISTORY = Dialect(
    Column,
    {
        Column.NUMBER: ("InvoiceNo", "Invoice", "Invoice number", "Order", "Order ID"),
        Column.SKU: ("StockCode", "Item number", "Lineitem SKU"),
        Column.NAME: ("Description", "Product", "Lineitem name"),
        Column.QUANTITY: ("Qty", "Lineitem quantity"),
        Column.DATE: ("InvoiceDate", "Invoice date", "Order date", "Created at"),
        Column.PRICE: ("UnitPrice", "Price", "Lineitem price"),
        Column.CUSTOMER: ("CustomerID", "Customer ID"),
        Column.EMAIL: ("Email", "Customer e-mail"),
        Column.COUNTRY: ("Shipping country",),
    },
    required=(Column.NUMBER, Column.SKU, Column.QUANTITY, Column.DATE, Column.PRICE),
)
