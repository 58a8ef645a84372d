"""The shopper's paths; stable, because people and search engines keep them."""

from django.urls import path

from tenant_shop.storefront import (
    brands,
    cart,
    checkout,
    favicon,
    home,
    media,
    notify,
    orders,
    pages,
    pay,
    product,
    product_feed,
    products,
    quick_order,
    robots,
    search,
    sitemaps,
    theme,
)
from tenant_shop.storefront.account.urls import paths as account_paths

app_name = "storefront"
urlpatterns = [
    path("", home.home, name="home"),
    path("products/", products.product_list, name="product_list"),
    path("search/suggestions/", search.suggestions, name="suggestions"),
    path("products/<slug:slug>/", product.product, name="product"),
    path("products/preview/<uuid:product_id>/", product.preview, name="product_preview"),
    path("products/<slug:slug>/notify/", notify.ask, name="notify"),
    path("notify/leave/<str:token>/", notify.leave_list, name="notify_leave"),
    path("brands/", brands.brand_index, name="brands"),
    path("brands/<slug:slug>/", brands.brand, name="brand"),
    path("categories/<slug:slug>/", products.category, name="category"),
    path("pages/<slug:slug>/", pages.page, name="page"),
    path("cart/", cart.cart, name="cart"),
    path("quick-order/", quick_order.quick_order, name="quick_order"),
    path("cart/lines/add/", quick_order.add_lines_to_cart, name="cart_add_lines"),
    path("cart/lines/add/<slug:slug>/", product.add_to_cart, name="cart_add"),
    path("cart/lines/<uuid:line_id>/", cart.change_line, name="cart_line"),
    path("cart/coupon/", cart.change_coupon, name="cart_coupon"),
    path("checkout/", checkout.checkout, name="checkout"),
    path("orders/<uuid:token>/", orders.confirmation, name="order"),
    path("orders/<uuid:token>/pay/", pay.pay, name="order_pay"),
    path("orders/<uuid:token>/pay/bank/<uuid:payment_id>/", pay.test_bank, name="test_bank"),
    *account_paths,
    path("theme.css", theme.stylesheet, name="theme"),
    path("media/<path:name>", media.file, name="media"),
    path("favicon.ico", favicon.favicon, name="favicon"),
    path("robots.txt", robots.robots, name="robots"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemap-<slug:kind>-<int:number>.xml", sitemaps.part, name="sitemap_part"),
    path("feeds/google.xml", product_feed.google, name="google_feed"),
]
