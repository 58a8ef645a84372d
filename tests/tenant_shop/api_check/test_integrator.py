"""A program that knows only the OpenAPI document sells something, and a real worker tells it so."""

import time
from pathlib import Path
from uuid import uuid4

import pytest

from platform_core.tenancy.context import tenant_context
from tenant_shop.integrations.catalogue import EVENT_TYPES
from tenant_shop.integrations.webhooks.keep_endpoint import EndpointFields, make_endpoint
from tests.browser import web_process
from tests.own_queue import VARIABLE
from tests.programs import key_of
from tests.real_worker import RealWorker, real_worker
from tests.receiver import Receiver, receiving
from tests.shopping import ADDRESS, configure
from tests.tenant_shop.api_check.integrator import Integrator
from tests.tenant_shop.api_check.shop import EVERYTHING

pytestmark = pytest.mark.slow

TOLD = {"product.created", "order.created", "order.paid", "order.fulfilled"}


def test_a_program_that_knows_the_description_alone_sells_something_and_verifies_what_it_hears(
    make_shop, settings, tmp_path: Path
) -> None:
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    acme = make_shop("acme")
    with receiving() as books, real_worker(tmp_path) as worker:
        with tenant_context(acme):
            configure()
            fields = EndpointFields(name="Books", url=books.url, events=list(EVENT_TYPES), headers={})
            _, secret = make_endpoint(fields)
        worker.start(**{VARIABLE: worker.name, "WEBHOOKS_TO_PRIVATE_ADDRESSES": "true"})
        with web_process(tmp_path, **{VARIABLE: worker.name}) as site:
            program = Integrator(
                origin=f"http://127.0.0.1:{site.port}",
                host=f"acme.localhost:{site.port}",
                key=key_of(acme, *EVERYTHING).secret,
            )
            product, order = sell(program)
            heard = until_it_hears(books, worker, TOLD)

    told = {taken.headers["webhook-id"]: taken.verified(secret) for taken in heard}
    assert all(event["id"] == name for name, event in told.items())
    by_type = {event["type"]: event["data"] for event in told.values()}
    assert by_type["product.created"]["id"] == product["id"]
    assert {by_type[name]["id"] for name in TOLD if name.startswith("order.")} == {order["id"]}
    shape = program.document["components"]["schemas"]["Order"]["properties"]
    assert by_type["order.fulfilled"].keys() == shape.keys()
    assert (by_type["order.fulfilled"]["total_amount"], by_type["order.fulfilled"]["payment_status"]) == (
        "102.90", "paid",
    )  # fmt: skip


def sell(program: Integrator) -> tuple[dict, dict]:
    """A product, and the order that was sent."""
    product = program.call(
        "create_product",
        {
            "name": "Linen shirt",
            "sku": "SHIRT",
            "price": "49.00",
            "status": "active",
            "variants": [{"sku": "SHIRT-M", "options": {"Size": "M"}, "inventory_quantity": 12}],
        },
    )
    line = {"variant_id": product["variants"][0]["id"], "quantity": 1}
    cart = program.call("create_cart", {"items": [line]})
    program.call("add_cart_item", line, key=cart["id"])
    seen = program.call("retrieve_cart", key=cart["id"], query={"country": "DE", "shipping_code": "standard"})
    assert seen["problems"] == []
    order = program.call(
        "check_out_cart",
        {
            "email": "ann@example.com",
            "shipping_address": ADDRESS,
            "shipping_code": "standard",
            "payment_method": "bank_transfer",
            "expected_total": seen["total_amount"],
        },
        key=cart["id"],
    )
    program.call("mark_order_paid", {}, key=order["id"])
    sent = program.call("fulfil_order", {"carrier": "DHL", "tracking_number": str(uuid4())}, key=order["id"])
    assert (sent["status"], sent["fulfillment_status"]) == ("shipped", "fulfilled")
    return product, sent


def until_it_hears(books: Receiver, worker: RealWorker, wanted: set[str]) -> list:
    """What arrived, once all that is wanted is among it."""
    while not wanted <= {taken.told["type"] for taken in list(books.taken)}:
        assert worker.is_alive, worker.log()
        time.sleep(0.01)
    return list(books.taken)
