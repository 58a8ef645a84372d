"""Which register is asked about a tax id."""

from django.conf import settings

from smartseller.tax_registers.protocol import TaxIdRegister
from smartseller.tax_registers.vies import Vies


def register_of(tax_id: str) -> TaxIdRegister | None:
    """None when no register that this installation may ask knows of ids like it."""
    registers: list[TaxIdRegister] = [Vies(settings.VIES_URL.rstrip("/"))] if settings.VIES_URL else []
    return next((register for register in registers if tax_id and register.covers(tax_id)), None)
