from django.urls import path

from tenant_shop.dashboard import cohorts, discounts, download, home, setup

app_name = "dashboard"
urlpatterns = [
    path("", home.home, name="home"),
    path("cohorts/", cohorts.cohorts, name="cohorts"),
    path("discounts/", discounts.discounts, name="discounts"),
    path("setup/", setup.setup, name="setup"),
    path("<slug:part>.csv", download.download, name="csv"),
]
