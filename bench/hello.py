"""A Django that says hello, as an application for granian: `bench.hello:application`."""

import os

from django.http import HttpRequest, HttpResponse
from django.urls import path


def hello(request: HttpRequest) -> HttpResponse:
    return HttpResponse("Hello, world.")


urlpatterns = [path("", hello)]

if os.environ.get("DJANGO_SETTINGS_MODULE") == "bench.settings_hello":
    from django.core.wsgi import get_wsgi_application

    application = get_wsgi_application()
