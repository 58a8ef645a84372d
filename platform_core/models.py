"""Index of the rooms' models: Django looks only here."""

from platform_core.accounts.models import PlatformUser, TenantAccess
from platform_core.audit.models import AuditLog
from platform_core.billing.models import BillingInvoice, TenantSubscription
from platform_core.configuration.models import PlatformSetting
from platform_core.fleet.models import (
    DatabaseServer,
    ProvisioningRun,
    ProvisioningStep,
    SchemaVersion,
    SpareDatabase,
    TemplateVersion,
)
from platform_core.metrics.models import PlatformMetric
from platform_core.plans.models import TenantPlan
from platform_core.tenants.models import Tenant

__all__ = [
    "AuditLog",
    "BillingInvoice",
    "DatabaseServer",
    "PlatformMetric",
    "PlatformSetting",
    "PlatformUser",
    "ProvisioningRun",
    "ProvisioningStep",
    "SchemaVersion",
    "SpareDatabase",
    "TemplateVersion",
    "Tenant",
    "TenantAccess",
    "TenantPlan",
    "TenantSubscription",
]
