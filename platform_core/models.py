"""Index of the rooms' models: Django looks only here."""

from platform_core.accounts.impersonation.models import Impersonation
from platform_core.accounts.mailbox.models import UserLink
from platform_core.accounts.models import PlatformUser, TenantAccess
from platform_core.accounts.networks import LogInNetwork
from platform_core.accounts.sessions.models import UserSession
from platform_core.accounts.staff.models import TenantInvitation
from platform_core.accounts.two_factor.models import RecoveryCode
from platform_core.audit.models import AuditLog
from platform_core.billing.cards.models import CardCharge, CardRefund, MerchantCard
from platform_core.billing.coupons.models import CouponUse, PlanCoupon
from platform_core.billing.models import BillingInvoice, InvoiceCounter, InvoicePaper, TenantSubscription
from platform_core.billing.recurring.models import RecurringChange
from platform_core.billing.tax_ids.models import TaxIdCheck
from platform_core.configuration.models import PlatformSetting
from platform_core.fleet.backups.models import Backup, BackupTurn
from platform_core.fleet.copies.models import ShopExport
from platform_core.fleet.erasures.models import ErasureCertificate
from platform_core.fleet.migrate.models import MigrationRun, ShopMigration
from platform_core.fleet.models import (
    DatabaseServer,
    ProvisioningRun,
    ProvisioningStep,
    SchemaVersion,
    SpareDatabase,
    TemplateVersion,
)
from platform_core.fleet.moves.models import Move
from platform_core.fleet.restores.models import KeptDatabase, Restore
from platform_core.keys.models import UserCall, UserKey
from platform_core.mails.models import PlatformMail
from platform_core.metrics.models import PlatformMetric, PlatformSales, RollupTurn, TenantMetric
from platform_core.parking.models import ParkedTask
from platform_core.plans.models import TenantPlan
from platform_core.signups.models import SignUp
from platform_core.status.models import HealthDay
from platform_core.tenancy.domains.models import TenantDomain
from platform_core.tenants.models import Tenant

__all__ = [
    "AuditLog",
    "Backup",
    "BackupTurn",
    "BillingInvoice",
    "CardCharge",
    "CardRefund",
    "CouponUse",
    "DatabaseServer",
    "ErasureCertificate",
    "HealthDay",
    "Impersonation",
    "InvoiceCounter",
    "InvoicePaper",
    "KeptDatabase",
    "LogInNetwork",
    "MerchantCard",
    "MigrationRun",
    "Move",
    "ParkedTask",
    "PlanCoupon",
    "PlatformMail",
    "PlatformMetric",
    "PlatformSales",
    "PlatformSetting",
    "PlatformUser",
    "ProvisioningRun",
    "ProvisioningStep",
    "RecoveryCode",
    "RecurringChange",
    "Restore",
    "RollupTurn",
    "SchemaVersion",
    "ShopExport",
    "ShopMigration",
    "SignUp",
    "SpareDatabase",
    "TaxIdCheck",
    "TemplateVersion",
    "Tenant",
    "TenantAccess",
    "TenantDomain",
    "TenantInvitation",
    "TenantMetric",
    "TenantPlan",
    "TenantSubscription",
    "UserCall",
    "UserKey",
    "UserLink",
    "UserSession",
]
