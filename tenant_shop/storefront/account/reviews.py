"""Reviews of what was bought."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from tenant_shop.catalog.models import Product
from tenant_shop.customers.models import Customer
from tenant_shop.reviews.errors import NotBought
from tenant_shop.reviews.models import ProductReview
from tenant_shop.reviews.write import LONGEST_CONTENT, LONGEST_TITLE, reviewable_products, write_review
from tenant_shop.storefront.account.forms import posted
from tenant_shop.storefront.account.gate import account_page, for_customers
from tenant_shop.storefront.cards import product_url
from tenant_shop.storefront.typed import typed_again
from tenant_shop.storefront.visit import Visit

STATES = {
    ProductReview.Status.PENDING: gettext_lazy("The shop is looking at it"),
    ProductReview.Status.APPROVED: gettext_lazy("Shown in the shop"),
    ProductReview.Status.REJECTED: gettext_lazy("Not shown"),
}
STARS = [
    ("5", gettext_lazy("5: very good")),
    ("4", gettext_lazy("4: good")),
    ("3", gettext_lazy("3: fair")),
    ("2", gettext_lazy("2: poor")),
    ("1", gettext_lazy("1: bad")),
]


class ReviewForm(forms.Form):
    rating = forms.TypedChoiceField(
        label=gettext_lazy("Stars"),
        choices=[("", gettext_lazy("Please choose")), *STARS],
        coerce=int,
        error_messages={"required": gettext_lazy("Please choose one to five stars.")},
        widget=forms.Select({"class": "select"}),
    )
    title = forms.CharField(label=gettext_lazy("In one line"), max_length=LONGEST_TITLE, required=False)
    content = forms.CharField(
        label=gettext_lazy("What others should know"),
        max_length=LONGEST_CONTENT,
        required=False,
        widget=forms.Textarea({"rows": 6}),
    )


@require_safe
@for_customers
def my_reviews(visit: Visit, customer: Customer) -> HttpResponse:
    written = {review.product_id: review for review in ProductReview.objects.filter(customer=customer)}
    rows = []
    for product in reviewable_products(customer):
        review = written.get(product.pk)
        state = str(STATES[ProductReview.Status(review.status)]) if review else ""
        rows.append(
            {
                "name": product.name,
                "slug": product.slug,
                "url": product_url(product.slug),
                "rating": review.rating if review else 0,
                "state": state,
            }
        )
    return account_page(visit, "reviews.html", {"products": rows}, here="my_reviews")


@require_http_methods(["GET", "HEAD", "POST"])
@for_customers
def review(visit: Visit, customer: Customer, slug: str) -> HttpResponse:
    product = Product.objects.reachable().filter(slug=slug).only("pk", "name", "slug").first()
    if product is None:
        raise Http404
    former = ProductReview.objects.filter(customer=customer, product=product).first()
    initial = {"rating": former.rating, "title": former.title, "content": former.content} if former else {}
    form, status = ReviewForm(posted(visit.request), initial=initial | typed_again(visit)), 200
    if form.is_bound:
        status = 422
    if form.is_valid():
        try:
            write_review(customer, product.pk, **form.cleaned_data)
        except NotBought as refusal:
            form.add_error(None, str(refusal))
            status = refusal.status
        else:
            messages.success(visit.request, _("Thank you! The shop looks at your review before it is shown."))
            return redirect("storefront:my_reviews")
    context = {"form": form, "product": {"name": product.name, "slug": product.slug}}
    return account_page(visit, "review.html", context, here="my_reviews", status=status)
