"""Where gateways send their messages. They are told these addresses: keep them."""

from django.urls import path

from tenant_shop.inbound.payments import payment_callback

app_name = "inbound"
urlpatterns = [path("<slug:gateway>/", payment_callback, name="payment_callback")]
