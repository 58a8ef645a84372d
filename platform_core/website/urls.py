from django.urls import path

from platform_core.website import address, log_in, pages, progress, shops, sign_up

app_name = "website"
urlpatterns = [
    path("", pages.landing, name="landing"),
    path("favicon.ico", pages.favicon, name="favicon"),
    path("pricing/", pages.pricing, name="pricing"),
    path("signup/", sign_up.sign_up, name="signup"),
    path("signup/address/", address.slug_check, name="slug_check"),
    path("signup/<uuid:run_id>/", progress.progress, name="progress"),
    path("signup/<uuid:run_id>/retry/", progress.retry, name="retry"),
    path("login/", log_in.log_in, name="login"),
    path("logout/", log_in.log_out, name="logout"),
    path("find-my-shop/", shops.find_shop, name="find_shop"),
    path("shops/", shops.shops, name="shops"),
    path("shops/<slug:slug>/", shops.enter_shop, name="enter-shop"),
]
