"""What an order's tax is made of."""

from decimal import Decimal

from platform_core.tenancy.context import TenantInfo
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.orders.confirmation import compose
from tenant_shop.orders.tax_by_rate import tax_by_rate
from tenant_shop.taxes.models import TaxRate
from tests.shopping import configure, order_of, stocked


def test_the_mail_tells_the_tax_of_each_rate_and_they_sum_up(shop: TenantInfo) -> None:
    configure(tax_rate="0.19", prices_include_tax=True)
    TaxRate.objects.create(country="DE", tax_class="reduced", rate=Decimal("0.07"))
    order = order_of((stocked(price="119.00"), 1), (stocked(price="107.00", tax_class="reduced"), 1))

    # 19.00 in the goods and 0.78 in the delivery.
    assert tax_by_rate(order) == [(Decimal("0.19"), Decimal("19.78")), (Decimal("0.07"), Decimal("7.00"))]
    assert sum(tax for _, tax in tax_by_rate(order)) == order.tax_amount
    mail = compose(OutboxEvent.objects.get(topic="mail.order_placed"))
    for text in (str(mail.body), str(mail.alternatives[0].content)):
        assert "Tax included, 19%" in text
        assert "Tax included, 7%" in text
        assert "€19.78" in text
