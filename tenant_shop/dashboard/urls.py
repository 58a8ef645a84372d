from django.urls import path

from tenant_shop.dashboard import home

app_name = "dashboard"
urlpatterns = [path("", home.home, name="home")]
