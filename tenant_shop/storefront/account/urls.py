"""The paths below /account/."""

from django.urls import path

from tenant_shop.storefront.account import (
    addresses,
    after_order,
    change_email,
    entering,
    find_order,
    passwords,
    profile,
    registering,
    sessions,
)

paths = [
    path("account/", find_order.account, name="account"),
    path("account/log-in/", entering.log_in, name="log_in"),
    path("account/log-out/", entering.log_out, name="log_out"),
    path("account/register/", registering.register, name="register"),
    path("orders/<uuid:token>/account/", after_order.offer, name="order_account"),
    path("account/confirm/<str:token>/", registering.confirm, name="confirm_account"),
    path("account/password/", passwords.change_password, name="change_password"),
    path("account/password/reset/", passwords.reset_request, name="reset_request"),
    path("account/password/reset/<str:token>/", passwords.reset_password, name="reset_password"),
    path("account/email/", change_email.change_email, name="change_email"),
    path("account/email/confirm/<str:token>/", change_email.confirm_email, name="confirm_email"),
    path("account/email/undo/<str:token>/", change_email.undo_email, name="undo_email"),
    path("account/profile/", profile.profile, name="profile"),
    path("account/addresses/", addresses.book, name="addresses"),
    path("account/addresses/new/", addresses.new, name="address_new"),
    path("account/addresses/<uuid:address_id>/", addresses.edit, name="address"),
    path("account/addresses/<uuid:address_id>/remove/", addresses.remove, name="address_remove"),
    path("account/log-ins/", sessions.sessions, name="sessions"),
    path("account/log-ins/end/", sessions.end, name="sessions_end"),
]
