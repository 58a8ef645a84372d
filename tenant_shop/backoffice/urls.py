from django.urls import path

from tenant_shop.backoffice import log_in

app_name = "staff"
urlpatterns = [
    path("login/", log_in.log_in, name="log-in"),
    path("logout/", log_in.log_out, name="log-out"),
    path("welcome/", log_in.welcome, name="welcome"),
]
