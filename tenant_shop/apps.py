from django.apps import AppConfig


class TenantShopConfig(AppConfig):
    name = "tenant_shop"
    verbose_name = "Shop"
