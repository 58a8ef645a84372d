"""More customers than the merchant's plan includes: nobody is turned away, it is written down and the merchant told."""

import logging

from django.db import DatabaseError

from platform_core.plans.limits import Limited
from tenant_shop.configuration.beyond_plan import PlanStanding, note_beyond_plan, standing_in_plan
from tenant_shop.customers.find import ERASED_AT
from tenant_shop.customers.models import Customer

logger = logging.getLogger(__name__)

RESOURCE = "customers"


def customers_of_plan() -> PlanStanding:
    """How the shop stands; who was erased does not count. One SELECT on the platform, one in the shop."""
    return standing_in_plan(Limited.CUSTOMERS, Customer.objects.exclude(email__endswith=ERASED_AT).count())


def note_customers_beyond_plan() -> None:
    """Write into the audit log, once in a calendar month (UTC), that there are more customers than the plan includes.

    Called after an account was opened, which stands whatever happens here: what fails is logged, and the next account
    makes up for it.
    """
    try:
        note_beyond_plan(RESOURCE, customers_of_plan())
    except DatabaseError:
        logger.exception("it could not be written down how many customers the shop has beyond its plan")
