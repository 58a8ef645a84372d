"""The web process: `granian --interface wsgi smartseller.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smartseller.settings.production")
application = get_wsgi_application()
