from django.urls import path

from tenant_shop.api.v1.missing import Missing
from tenant_shop.api.v1.orders import OrderList
from tenant_shop.api.v1.products import ProductList
from tenant_shop.api.v1.root import Root

app_name = "api-v1"
urlpatterns = [
    path("", Root.as_view(), name="root"),
    path("products/", ProductList.as_view(), name="products"),
    path("orders/", OrderList.as_view(), name="orders"),
    path("<path:path>", Missing.as_view(), name="missing"),
]
