"""Who the customer is: name, telephone, language, what they agreed to."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tenant_shop.configuration.languages import base_of, shop_languages
from tenant_shop.customers.change_profile import change_profile
from tenant_shop.customers.models import Customer
from tenant_shop.storefront.account.forms import ProfileForm, posted
from tenant_shop.storefront.account.gate import account_page, for_customers
from tenant_shop.storefront.typed import typed_again
from tenant_shop.storefront.visit import Visit


@require_http_methods(["GET", "HEAD", "POST"])
@for_customers
def profile(visit: Visit, customer: Customer) -> HttpResponse:
    names, languages = dict(settings.LANGUAGES), shop_languages().all
    choices = [(language, names[base_of(language)]) for language in languages]
    form = ProfileForm(
        posted(visit.request),
        initial={
            "first_name": customer.first_name,
            "last_name": customer.last_name,
            "phone": customer.phone,
            "language": customer.language if customer.language in languages else languages[0],
            "wants_marketing": customer.marketing_consent,
            **typed_again(visit),
        },
        languages=choices,
    )
    if form.is_valid():
        change_profile(customer, **form.cleaned_data)
        messages.success(visit.request, _("Saved."))
        return redirect("storefront:profile")
    return account_page(visit, "profile.html", {"form": form}, here="profile", status=422 if form.is_bound else 200)
