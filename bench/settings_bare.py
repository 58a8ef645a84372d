"""A Django of one view and one database, with a connection kept for good."""

from bench.settings_plain import DATABASES as DATABASES
from bench.settings_plain import SECRET_KEY as SECRET_KEY

DEBUG = False
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "bench.bare_order"
MIDDLEWARE: list[str] = []
INSTALLED_APPS: list[str] = []
USE_TZ = True
