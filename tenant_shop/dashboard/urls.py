from django.urls import path

from tenant_shop.dashboard import discounts, download, home, setup

app_name = "dashboard"
urlpatterns = [
    path("", home.home, name="home"),
    path("discounts/", discounts.discounts, name="discounts"),
    path("setup/", setup.setup, name="setup"),
    path("<slug:part>.csv", download.download, name="csv"),
]
