from django.urls import path

from tenant_shop.backoffice import fresh, join, log_in, switch

app_name = "staff"
urlpatterns = [
    path("login/", log_in.log_in, name="log-in"),
    path("login/code/", log_in.log_in_code, name="code"),
    path("logout/", log_in.log_out, name="log-out"),
    path("confirm/", fresh.confirm, name="confirm"),
    path("switch/", switch.switch, name="switch"),
    path("switch/<slug:slug>/", switch.go, name="switch-to"),
    path("welcome/", log_in.welcome, name="welcome"),
    path("join/<str:token>/", join.join, name="join"),
]
