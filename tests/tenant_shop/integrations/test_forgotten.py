"""What other systems were told of a customer goes with the customer; a copy of the shop sends nothing."""

from django.utils import timezone

from platform_core.tenancy.context import TenantInfo
from tenant_shop.customers.erase import erase
from tenant_shop.integrations.fan_out import fan_out
from tenant_shop.integrations.models import Event, WebhookDelivery
from tenant_shop.orders.models import Order
from tests.accounts import account
from tests.shopping import configure, order_of, stocked
from tests.tenant_shop.customers.test_data import erase_link

EVENTS = ("order.created", "customer.created", "customer.updated", "customer.erased")


def test_an_erased_customer_is_in_no_event_and_no_delivery_but_the_one_that_says_so(
    shop: TenantInfo, receiver, listening
) -> None:
    configure()
    listening(receiver(), *EVENTS)
    mug = stocked()
    zenobia = account("zenobia@example.com", first_name="Zenobia", last_name="Wunderlich")
    order = order_of((mug, 1), email="zenobia@example.com", customer_id=zenobia.pk)
    other = order_of((mug, 1), email="bob@example.com")
    while fan_out(timezone.now()):
        pass
    assert Event.objects.filter(data__icontains="zenobia").count() >= 2
    Order.objects.filter(pk=order.pk).update(status=Order.Status.DELIVERED)
    erase(erase_link(zenobia))
    assert not Event.objects.filter(data__icontains="zenobia").exists()
    while fan_out(timezone.now()):
        pass
    assert not Event.objects.filter(data__icontains="zenobia").exists()
    (said,) = Event.objects.filter(type="customer.erased")
    assert said.data == {"id": str(zenobia.pk)}
    assert WebhookDelivery.objects.filter(event=said).count() == 1
    assert Event.objects.filter(subject_id=other.pk).exists()
