"""Settings, all from the environment (see ``.env.example``).

``ENVIRONMENT`` is ``production`` unless it says otherwise, and production refuses to start on a missing
or wrong value. Any secret may be given as ``NAME_FILE``, the path of a file that holds it.
"""

import json
import secrets
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.FileAwareEnv()
if (BASE_DIR / ".env").is_file():
    env.read_env(BASE_DIR / ".env")

ENVIRONMENT = env.str("ENVIRONMENT", default="production")
if ENVIRONMENT not in {"production", "development", "test"}:
    raise ImproperlyConfigured(
        f"ENVIRONMENT is {ENVIRONMENT!r}. Set it to production, development or test (production is the default)."
    )
PRODUCTION = ENVIRONMENT == "production"
VAR_DIR = Path(env.str("EECP_VAR", default=str(BASE_DIR / "var")))


def required(name: str, why: str) -> str:
    """A value that production cannot do without."""
    value: str = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set. {why} Set it in the environment or in .env (or {name}_FILE)."
        )
    return value


def local_secret() -> str:
    """A secret key of this checkout's own, made once, for development only."""
    path = VAR_DIR / "secret-key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()


def service_url(name: str, why: str) -> str:
    """A server's address: given, or (outside production) that of the embedded one, where it runs."""
    if PRODUCTION:
        return required(name, why)
    given: str = env.str(name, default="")
    remembered = VAR_DIR / "services.json"
    if given or not remembered.exists():
        return given
    return str(json.loads(remembered.read_text()).get(name.lower(), ""))


DEBUG = env.bool("DEBUG", default=False)
if DEBUG and PRODUCTION:
    raise ImproperlyConfigured("DEBUG shows patient data to strangers: it cannot be on in production.")

if PRODUCTION:
    SECRET_KEY = required("SECRET_KEY", "It signs sessions and password links.")
    if len(SECRET_KEY) < 50:
        raise ImproperlyConfigured("SECRET_KEY is shorter than 50 characters. Make a new, random one.")
    ALLOWED_HOSTS = [host.strip() for host in required("ALLOWED_HOSTS", "It names this server.").split(",")]
else:
    SECRET_KEY = env.str("SECRET_KEY", default="") or local_secret()
    ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
#: How a link in a mail or a calendar begins.
PUBLIC_URL = env.str(
    "PUBLIC_URL", default=f"https://{ALLOWED_HOSTS[0]}" if PRODUCTION else "http://127.0.0.1:8000"
).rstrip("/")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
    "pghistory",
    "pgtrigger",
    "rest_framework",
    "drf_spectacular",
    "template_partials",
    "eecp_clinic",
    "patients",
    "devices",
    "courses",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "devices.api.entrance.ChunksEntrance",  # agents need nothing of what follows
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "eecp_clinic.middleware.ClinicMiddleware",
    "eecp_clinic.drafts.middleware.DraftsMiddleware",
    "eecp_clinic.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "eecp_clinic.urls"
WSGI_APPLICATION = "eecp_clinic.wsgi.application"
ASGI_APPLICATION = "eecp_clinic.asgi.application"
FORM_RENDERER = "eecp_clinic.form_renderer.QuickForms"

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
                "eecp_clinic.context.navigation",
                "eecp_clinic.drafts.browser.drafts",
            ],
        },
    }
]

# --- Database and broker ------------------------------------------------------------------------------
_database: dict[str, Any] = environ.Env.db_url_config(
    service_url("DATABASE_URL", "It is the address of PostgreSQL 15 or newer.") or "postgres:///eecp"
)
if _database.get("ENGINE") != "django.db.backends.postgresql":
    raise ImproperlyConfigured("DATABASE_URL must name PostgreSQL (postgres://...): the rules live in it.")
DATABASES = {
    "default": {
        **_database,
        "ATOMIC_REQUESTS": False,  # each service owns its transaction
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = service_url("REDIS_URL", "It is the address of the broker (Valkey or Redis).")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}
CELERY_BROKER_URL = REDIS_URL

# --- People -------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "eecp_clinic.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
if not PRODUCTION:
    PASSWORD_HASHERS = [
        "eecp_clinic.hashers.QuickHasher",
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    ]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "eecp_clinic.accounts.AccountAdapter"
ACCOUNT_FORMS = {"login": "eecp_clinic.accounts.LoginForm"}
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts are made by an administrator, who knows the person
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
SESSION_COOKIE_AGE = 12 * 3600  # one working day
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "eecp_clinic.views.csrf_failure"

# --- Words, dates, time -------------------------------------------------------------------------------
LANGUAGE_CODE = "en-us"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
FORMAT_MODULE_PATH = ["eecp_clinic.formats"]

# --- Files --------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(VAR_DIR / "media")))
#: A folder for each clinic, named by its code, in which answers of payers are looked for.
CLAIM_ANSWERS_DIR = Path(env.str("CLAIM_ANSWERS_DIR", default=str(VAR_DIR / "answers")))
STORAGES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": MEDIA_ROOT},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if not PRODUCTION:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    WHITENOISE_USE_FINDERS = True
    STATIC_ROOT.mkdir(
        parents=True, exist_ok=True
    )  # nothing is collected here, and WhiteNoise warns of a missing folder
if env.str("S3_BUCKET", default=""):
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": env.str("S3_BUCKET"),
            "endpoint_url": env.str("S3_ENDPOINT_URL", default=None),
        },
    }
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# A console's file of one session; an hour of five channels takes 5 to 20 MB.
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", default=64 * 1024 * 1024)
FILE_UPLOAD_HANDLERS = [
    "eecp_clinic.uploads.UploadCeiling",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# --- Hardening ----------------------------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if PRODUCTION:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    if env.bool("BEHIND_TLS_PROXY", default=False):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}

# --- Mail ---------------------------------------------------------------------------------------------
if PRODUCTION:
    EMAIL_CONFIG = env.email_url("EMAIL_URL", default="smtp://localhost:25")
    vars().update(EMAIL_CONFIG)
    DEFAULT_FROM_EMAIL = required("DEFAULT_FROM_EMAIL", "It is the sender of the clinic's mail.")
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"
    DEFAULT_FROM_EMAIL = "clinic@example.org"

# --- API ----------------------------------------------------------------------------------------------
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "EECP Clinic device API",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "OAS_VERSION": "3.1.0",  # the messages' schemas are those of JSON Schema 2020-12
}

# The clinic's own rules: policies, lists of codes, safety, prices (docs/eligibility.md). Read at the start.
CLINIC_RULES: Path | None = Path(env.str("CLINIC_RULES")) if env.str("CLINIC_RULES", default="") else None

# Far above what an agent sends, far below what a runaway loop would; in each process.
AGENT_REQUESTS_A_SECOND = env.int("AGENT_REQUESTS_A_SECOND", default=200)

# Each live screen that is told of new samples holds one thread of the web server; keep some for everything else.
LIVE_STREAMS_A_PROCESS = env.int("LIVE_STREAMS_A_PROCESS", default=8)

# --- Logs ---------------------------------------------------------------------------------------------
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {
        "handlers": ["stderr"],
        "level": env.str("LOG_LEVEL", default="INFO" if PRODUCTION else "WARNING"),
    },
}

SILENCED_SYSTEM_CHECKS: list[str] = []
