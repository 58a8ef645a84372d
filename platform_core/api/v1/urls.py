from django.urls import path

from platform_core.api.v1.documents import Documents, OpenApi
from platform_core.api.v1.fleet import (
    Fleet,
    MigrationRunItem,
    MigrationRunList,
    ProvisioningRuns,
    ServerItem,
    ServerList,
)
from platform_core.api.v1.invoices import InvoiceItem, InvoiceList
from platform_core.api.v1.missing import Missing
from platform_core.api.v1.plans import PlanItem, PlanList
from platform_core.api.v1.root import Root
from platform_core.api.v1.shops import ShopItem, ShopList
from platform_core.api.v1.signups import SignupItem, SignupProgress, Signups
from platform_core.api.v1.tenants import Resume, Suspend, TenantItem, TenantList
from platform_core.api.v1.usage import UsageList, UsageOfShop

app_name = "api-v1"
urlpatterns = [
    path("", Root.as_view(), name="root"),
    path("docs/", Documents.as_view(), name="documents"),
    path("openapi.json", OpenApi.as_view(), name="openapi"),
    path("plans/", PlanList.as_view(), name="plans"),
    path("plans/<uuid:key>/", PlanItem.as_view(), name="plan"),
    path("signups/", Signups.as_view(), name="signups"),
    path("signups/<uuid:key>/", SignupItem.as_view(), name="signup"),
    path("signups/progress/<str:token>/", SignupProgress.as_view(), name="signup-progress"),
    path("shops/", ShopList.as_view(), name="shops"),
    path("shops/<uuid:key>/", ShopItem.as_view(), name="shop"),
    path("shops/<uuid:key>/usage/", UsageOfShop.as_view(), name="shop-usage"),
    path("usage/", UsageList.as_view(), name="usage"),
    path("invoices/", InvoiceList.as_view(), name="invoices"),
    path("invoices/<uuid:key>/", InvoiceItem.as_view(), name="invoice"),
    path("tenants/", TenantList.as_view(), name="tenants"),
    path("tenants/<uuid:key>/", TenantItem.as_view(), name="tenant"),
    path("tenants/<uuid:key>/suspend/", Suspend.as_view(), name="tenant-suspend"),
    path("tenants/<uuid:key>/resume/", Resume.as_view(), name="tenant-resume"),
    path("fleet/", Fleet.as_view(), name="fleet"),
    path("fleet/servers/", ServerList.as_view(), name="servers"),
    path("fleet/servers/<uuid:key>/", ServerItem.as_view(), name="server"),
    path("fleet/migration-runs/", MigrationRunList.as_view(), name="migration-runs"),
    path("fleet/migration-runs/<uuid:key>/", MigrationRunItem.as_view(), name="migration-run"),
    path("fleet/provisioning-runs/", ProvisioningRuns.as_view(), name="provisioning-runs"),
    path("<path:path>", Missing.as_view(), name="missing"),
]
