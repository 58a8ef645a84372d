"""What every environment shares. Each value that an operator may change is read from the environment.

`.env.example` explains the variables one by one.
"""

from pathlib import Path

from redis.backoff import NoBackoff
from redis.retry import Retry

from smartseller.dsn import django_database, owner_database
from smartseller.embedded import APP_ROLE, OWNER_ROLE, SUPERUSER, Embedded
from smartseller.settings.api import *
from smartseller.settings.backups import *
from smartseller.settings.backups import BACKUP_STORAGE
from smartseller.settings.environment import *
from smartseller.settings.environment import BASE_DIR, DATA_DIR, env
from smartseller.settings.files import MEDIA_STORAGE
from smartseller.settings.logs import *

# --- The databases -------------------------------------------------------------------------------------------
# "default" is the platform, as the role that serves requests; "owner" is the same database as the role that runs DDL.
# A shop's database has no entry: the fence resolves its alias (docs/decisions/0002-aliases-are-resolved.md).
EMBEDDED: Embedded | None = None
# Every database of this installation has a name that starts so; two installations on one server differ in it.
DATABASE_PREFIX = env.str("DATABASE_PREFIX", default="smartseller_")
if env.str("DATABASE_URL", default=""):
    PLATFORM_APP_DSN = env.str("DATABASE_URL")
    PLATFORM_OWNER_DSN = env.str("DATABASE_OWNER_URL", default=PLATFORM_APP_DSN)
else:
    WAL_ARCHIVE = Path(folder).resolve() if (folder := env.str("SMARTSELLER_WAL_ARCHIVE", default="")) else None
    EMBEDDED = Embedded(DATA_DIR, durable=env.bool("SMARTSELLER_EMBEDDED_DURABLE", default=True), archive=WAL_ARCHIVE)
    PLATFORM_APP_DSN = EMBEDDED.conninfo(APP_ROLE, f"{DATABASE_PREFIX}platform")
    PLATFORM_OWNER_DSN = EMBEDDED.conninfo(OWNER_ROLE, f"{DATABASE_PREFIX}platform")

# True when the addresses for requests lead to PgBouncer in transaction mode.
DATABASE_BEHIND_PGBOUNCER = env.bool("DATABASE_BEHIND_PGBOUNCER", default=False)
DATABASES = {
    "default": {
        **django_database(PLATFORM_APP_DSN),
        # One that is not read within a transaction would be fetched from a session that never opened it.
        "DISABLE_SERVER_SIDE_CURSORS": DATABASE_BEHIND_PGBOUNCER,
        "CONN_MAX_AGE": env.int("DATABASE_CONN_MAX_AGE", default=60),
        "CONN_HEALTH_CHECKS": True,
    },
    "owner": {**owner_database(PLATFORM_OWNER_DSN), "TEST": {"MIRROR": "default"}},
}
DATABASE_ROUTERS = ["platform_core.tenancy.router.TenantRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# PostgreSQL servers that hold shops, by key: `app` serves requests (may be PgBouncer), `owner` runs DDL (direct),
# `replication` moves shops between servers (direct; the servers use it, too).
# A server's row in the platform database carries the key only, so that no password is stored there.
DATABASE_SERVERS = {
    "primary": {
        "app": env.str("TENANT_DATABASE_URL", default=PLATFORM_APP_DSN),
        "owner": env.str("TENANT_DATABASE_OWNER_URL", default=PLATFORM_OWNER_DSN),
        "replication": env.str(
            "TENANT_DATABASE_REPLICATION_URL", default=EMBEDDED.conninfo(SUPERUSER, "postgres") if EMBEDDED else ""
        ),
    },
    **{
        key: {
            "app": env.str(f"DATABASE_SERVER_{key.upper()}_URL"),
            "owner": env.str(f"DATABASE_SERVER_{key.upper()}_OWNER_URL"),
            "replication": env.str(f"DATABASE_SERVER_{key.upper()}_REPLICATION_URL", default=""),
        }
        for key in env.list("DATABASE_SERVERS", default=[])
    },
}
DATABASE_APP_ROLE = env.str("DATABASE_APP_ROLE", default=APP_ROLE)
DATABASE_OWNER_ROLE = env.str("DATABASE_OWNER_ROLE", default=OWNER_ROLE)
# Connections to shops that one process may keep open, over all shops; the least recently used goes first. PgBouncer
# bounds what the server sees, and holds a client's connection for little: there a process keeps more.
TENANT_CONNECTIONS_MAX = env.int("TENANT_CONNECTIONS_MAX", default=250 if DATABASE_BEHIND_PGBOUNCER else 20)
# Seconds that a request waits for a free connection before it is answered with 503.
TENANT_CONNECTIONS_WAIT = env.float("TENANT_CONNECTIONS_WAIT", default=5.0)
# Seconds that a process trusts what it knows of a host; changes are announced at once, this is the backstop.
TENANT_DIRECTORY_TTL = env.float("TENANT_DIRECTORY_TTL", default=10.0)
# Ready-made databases kept for new shops on each server.
FLEET_SPARES = env.int("FLEET_SPARES", default=5)

# Whether `manage.py demo_shops` may make shops and log-ins with passwords that everybody knows.
DEMO_SHOPS = False

# --- Hosts ---------------------------------------------------------------------------------------------------
# The platform answers here and at www; every shop at <slug>.<PLATFORM_DOMAIN>.
PLATFORM_DOMAIN = env.str("PLATFORM_DOMAIN", default="localhost")
PLATFORM_PORT = env.int("PORT", default=8000)
PLATFORM_SCHEME = env.str("PLATFORM_SCHEME", default="http")
PLATFORM_HOSTS = frozenset({PLATFORM_DOMAIN, f"www.{PLATFORM_DOMAIN}", "127.0.0.1"})
# Who is asked whether a domain is a shop's: addresses, each perhaps with a port; none: whom the machine asks.
DNS_SERVERS = env.list("DNS_SERVERS", default=[])
# The fence decides about hosts (platform, shop or 404), before any view: one list here would have to name every shop.
ALLOWED_HOSTS = ["*"]

# --- Redis ---------------------------------------------------------------------------------------------------
if EMBEDDED:
    REDIS_URL = EMBEDDED.redis_url()
    CELERY_BROKER_URL = EMBEDDED.broker_url()
else:
    REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
    CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default=REDIS_URL)
# Messages of one shop that may stand in one queue or be worked on at a time (half of them where work is long).
SHOP_TASKS_AT_ONCE = env.int("SHOP_TASKS_AT_ONCE", default=2)

CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_FUNCTION": "platform_core.tenancy.cache.fenced_key",
        "OPTIONS": {
            # A shop goes on selling without its cache: failures are logged and read as misses.
            "IGNORE_EXCEPTIONS": True,
            "SOCKET_CONNECT_TIMEOUT": 0.5,
            "SOCKET_TIMEOUT": 0.5,
            # redis-py would try ten times with growing pauses before it says that the server is down.
            "CONNECTION_POOL_KWARGS": {"retry": Retry(NoBackoff(), 0)},
        },
    }
}
DJANGO_REDIS_LOG_IGNORED_EXCEPTIONS = True
# Whether strangers get the storefront's pages from Redis (docs/decisions/0011-shared-pages.md).
SHARED_PAGES = env.bool("SHARED_PAGES", default=True)
# Bytes of such pages that each process has at hand besides, so that a view fetches only their version.
SHARED_PAGES_MEMORY = env.int("SHARED_PAGES_MEMORY", default=16 * 1024 * 1024)

# --- Applications --------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.postgres",  # before the fence, which takes back a handler of its
    "platform_core.apps.PlatformCoreConfig",
    "tenant_shop.apps.TenantShopConfig",
    "unfold",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]
SECRET_KEY_FALLBACKS = env.list("DJANGO_SECRET_KEY_FALLBACKS", default=[])
AUTH_USER_MODEL = "platform_core.PlatformUser"
AUTHENTICATION_BACKENDS = ["platform_core.accounts.backend.PlatformBackend"]

MIDDLEWARE = [
    "smartseller.observability.requests.RequestsMiddleware",
    "smartseller.observability.exposition.MetricsMiddleware",
    "smartseller.api_errors.ApiErrorsMiddleware",
    "smartseller.headers.SecurityHeadersMiddleware",
    "smartseller.health.LivenessMiddleware",
    "smartseller.tls_ask.TlsAskMiddleware",
    "smartseller.body_limit.BodyLimitMiddleware",
    "platform_core.tenancy.middleware.TenantMiddleware",
    "tenant_shop.storefront.page_views.PageViewsMiddleware",
    "tenant_shop.storefront.shared.middleware.SharedPagesMiddleware",
    "tenant_shop.storefront.languages.LanguageMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "platform_core.accounts.sessions.middleware.SessionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
# The tenant middleware swaps this for `smartseller.urls.shop` on a shop's host.
ROOT_URLCONF = "smartseller.urls.platform"
WSGI_APPLICATION = "smartseller.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# --- People --------------------------------------------------------------------------------------------------
PASSWORD_HASHERS = [
    "smartseller.passwords.PatientArgon2",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# --- Cookies: host-only (no domain), so that no shop can read or set another's ---------------------------------
# A table of 250 variants has eight fields a row (`tenant_shop/backoffice/table.py`).
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_500
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "platform_core.tenancy.status_pages.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

# --- Language and time ---------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
# What the storefront can be read in; the names are the languages' own. A new one needs a catalogue (docs/languages.md).
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("fr", "Français"), ("ar", "العربية")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

# --- Files ---------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"

STORAGES = {
    "default": MEDIA_STORAGE,
    "backups": BACKUP_STORAGE,
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# The largest picture that a merchant may upload: its file, and its pixels, which cost memory when they are decoded.
PICTURE_MAX_MEGABYTES = env.int("PICTURE_MAX_MEGABYTES", default=20)
# What a request may have, in megabytes, by the beginning of its path; the first that fits holds. None: the view itself
# looks at the plan, before it reads anything.
BODY_LIMITS = (
    ("/admin/tenant_shop/importrun/add/", None),
    ("/admin/", 10 * PICTURE_MAX_MEGABYTES),
    ("/", 10),
)
PICTURE_MAX_MEGAPIXELS = env.int("PICTURE_MAX_MEGAPIXELS", default=40)

# --- Payments ------------------------------------------------------------------------------------------------
# Where Stripe answers, and its script for pages; empty means Stripe itself.
STRIPE_API_URL = env.str("STRIPE_API_URL", default="")
STRIPE_SCRIPT_URL = env.str("STRIPE_SCRIPT_URL", default="https://js.stripe.com/v3/")

# The platform's own account there, for charging merchants' cards; empty: they pay by bank transfer.
BILLING_STRIPE_SECRET_KEY = env.str("BILLING_STRIPE_SECRET_KEY", default="")
BILLING_STRIPE_PUBLIC_KEY = env.str("BILLING_STRIPE_PUBLIC_KEY", default="")
BILLING_STRIPE_WEBHOOK_SECRET = env.str("BILLING_STRIPE_WEBHOOK_SECRET", default="")

# --- Companies -----------------------------------------------------------------------------------------------
# Where the register of the EU's VAT numbers answers; empty: nobody is asked, and merchants confirm ids by hand.
VIES_URL = env.str("VIES_URL", default="https://ec.europa.eu/taxation_customs/vies/rest-api")

# --- Webhooks ------------------------------------------------------------------------------------------------
# Whether shops may be told of things by plain HTTP and inside this network: for development and nothing else.
WEBHOOKS_TO_PRIVATE_ADDRESSES = env.bool("WEBHOOKS_TO_PRIVATE_ADDRESSES", default=False)

# --- Mail ----------------------------------------------------------------------------------------------------
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
# Whom merchants write to.
SUPPORT_EMAIL = env.str("SUPPORT_EMAIL", default="help@smartseller.example")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="SmartSeller <no-reply@smartseller.example>")
