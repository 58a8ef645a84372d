"""Writing where a demo shop delivers, and which taxes hold there."""

from decimal import Decimal

from tenant_shop.demo.shops import DemoShop
from tenant_shop.shipping.models import ShippingZone, ShippingZoneRate
from tenant_shop.taxes.models import TaxRate

AMOUNTS = ("amount", "free_above", "min_weight", "max_weight", "min_total", "max_total")


def write_places(shop: DemoShop) -> None:
    """Write the shop's tax rates and its shipping zones with their rates. Three statements."""
    TaxRate.objects.bulk_create(TaxRate(**{**row, "rate": Decimal(row["rate"])}) for row in shop.tax_rates)
    zones = [
        ShippingZone(name=zone["name"], kind=zone["kind"], places=zone.get("places", []), position=position)
        for position, zone in enumerate(shop.zones)
    ]
    ShippingZone.objects.bulk_create(zones)
    ShippingZoneRate.objects.bulk_create(
        ShippingZoneRate(
            zone=zone,
            position=position,
            **{name: Decimal(value) if name in AMOUNTS else value for name, value in rate.items()},
        )
        for zone, described in zip(zones, shop.zones, strict=True)
        for position, rate in enumerate(described["rates"])
    )
