"""Where the gateway sends its messages. It is told these addresses: keep them."""

from django.urls import path

from platform_core.inbound.cards import card_callback

app_name = "inbound"
urlpatterns = [path("stripe/", card_callback, name="card_callback")]
