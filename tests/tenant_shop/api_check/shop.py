"""A shop with a row at every address that the API has, and a key that may do everything."""

import io
from collections.abc import Iterator

from platform_core.plans.models import TenantPlan
from platform_core.tenancy import directory
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.carts.models import CartItem
from tenant_shop.customers.models import Customer, CustomerAddress
from tenant_shop.integrations.keys.scopes import RESOURCES
from tenant_shop.mails.kinds import KINDS
from tenant_shop.models import Order, Return
from tenant_shop.orders.deliver import deliver_order
from tenant_shop.orders.fulfil import fulfil_rest
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.returns.open import open_return
from tenant_shop.reviews.models import ProductReview
from tests.api_client import API, ApiClient
from tests.companies import company_of
from tests.factories.catalog import BrandFactory, CategoryFactory, ProductFactory
from tests.factories.customers import CustomerFactory
from tests.pictures import drawn
from tests.programs import program
from tests.returning import DAMAGED, pieces
from tests.shopping import ADDRESS, cart_with, configure, order_of, stocked
from tests.tenant_shop.imports.files import as_csv, row

EVERYTHING = tuple(f"{'write' if about.is_written else 'read'}_{name}" for name, about in RESOURCES.items())
Keys = dict[str, list[str]]


def without_limit() -> None:
    """Calls are not counted out meanwhile; `kept_plans` puts that back."""
    TenantPlan.objects.filter(name="premium").update(max_api_calls_per_hour=None, max_products=None)
    directory.clear()


def fill(shop: TenantInfo) -> Keys:
    """Rows of every kind, and orders in every state; their keys by the first word of their address."""
    with tenant_context(shop):
        configure()
        shelf = CategoryFactory(parent=CategoryFactory())
        products = [ProductFactory(category=shelf, brand=BrandFactory(), stock=500) for _ in range(6)]
        people = [CustomerFactory() for _ in range(4)]
        orders = list(_orders(people[0]))
        reviews = [
            ProductReview.objects.create(product=one, customer=people[0], rating=4, title="Sound", content="It holds.")
            for one in products[:3]
        ]
        found = {
            "products": products,
            "variants": [variant for one in products for variant in one.variant_rows.all()],
            "categories": [shelf, shelf.parent, CategoryFactory()],
            "brands": [products[0].brand, BrandFactory()],
            "customers": people,
            "addresses": [CustomerAddress.objects.create(customer=people[0], **ADDRESS) for _ in range(3)],
            "orders": orders,
            "lines": [line for order in orders for line in order.items.all()],
            "payments": [payment for order in orders for payment in order.payments.all()],
            "returns": list(Return.objects.all()),
            "reviews": reviews,
            "stock-movements": [movement for order in orders for movement in order.movements.all()],
        }
        keys = {name: [str(row.pk) for row in rows] for name, rows in found.items()}
        keys["carts"] = [str(cart_with((stocked(stock=1000), 1))) for _ in range(12)]
        keys["items"] = [str(CartItem.objects.get(cart=keys["carts"][0]).pk)]
        keys |= {"kinds": list(KINDS)[:3], "languages": ["en"]}
        keys["companies"] = [str(company_of(one).pk) for one in people[1:3]]
    return keys | _made_over_the_api(shop, keys["products"][0])


def _made_over_the_api(shop: TenantInfo, product: str) -> Keys:
    """What a program makes in one call."""
    api = ApiClient(program(shop, *EVERYTHING))

    def made(path: str, **body: object) -> str:
        answer = api.post(path, body)
        assert answer.status_code in (201, 202), answer.content
        return str(answer.json()["id"])

    def sent(path: str, name: str, content: bytes, **fields: str) -> str:
        file = io.BytesIO(content)
        file.name = name
        answer = api.client.post(f"{API}{path}", {"file": file, **fields})
        assert answer.status_code == 201, answer.content
        return str(answer.json()["id"])

    goods = as_csv([row(handle="axe", title="Axe", price="10", sku="A-1"), row(handle="saw", price="cheap")]).encode()
    webhooks = [
        made("/webhooks/", name=name, url=f"https://{name}.example.com/", events=["order.paid"])
        for name in ("books", "stock", "mail")
    ]
    owners = ("product", "customer", "order")
    return {
        "campaigns": [made("/campaigns/", name=name, subject="New") for name in ("Spring", "Summer", "Autumn")],
        "custom-fields": [made("/custom-fields/", owner=owner, name="Care", kind="text") for owner in owners],
        "customer-groups": [made("/customer-groups/", name=name) for name in ("Trade", "Friends", "Staff")],
        "discounts": [
            made("/discounts/", code=code, name=code, type="percentage", value="10") for code in ("ONE", "TWO", "THREE")
        ],
        "images": [sent(f"/products/{product}/images/", "x.png", drawn("PNG", (90, 60))) for _ in range(3)],
        "imports": [sent("/imports/", "goods.csv", goods, kind="products") for _ in range(3)],
        "jobs": [made("/bulk/products/", rows=[{"name": "Axe", "sku": f"AXE-{n}", "price": "1"}]) for n in range(3)],
        "webhooks": webhooks,
        "webhook-deliveries": [made(f"/webhooks/{webhook}/test/") for webhook in webhooks],
    }


def _orders(ann: Customer) -> Iterator[Order]:
    """Open ones, paid ones, sent ones, arrived ones, and one that comes back."""
    for number in range(20):
        order = order_of((stocked(stock=50), 3), (stocked(stock=50), 1), customer_id=ann.pk)
        if number >= 8:
            mark_as_paid(order.pk, actor="x")
        if number >= 14:
            fulfil_rest(order.pk, key=f"x{number}", actor="x")
        if number >= 17:
            deliver_order(order.pk, actor="x")
        if number >= 19:
            open_return(order.pk, pieces(order, 1), reason=DAMAGED, is_here=False, actor="x")
        yield order
