"""The settings of the project, read from the environment."""

import secrets
import sys
from pathlib import Path
from typing import Any

from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from ksp import environment

BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = environment.flag("DEBUG", default=False)
DEMO = environment.flag("KSP_DEMO", default=False)
DATA_DIR = Path(environment.given("KSP_DATA_DIR") or BASE_DIR / "var")
TESTING = "pytest" in sys.modules


def _generated_secret() -> str:
    """Return the secret of this data folder, made at the first start."""
    path = DATA_DIR / "secret"
    if not path.exists():
        environment.make_folder("KSP_DATA_DIR", DATA_DIR)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50), encoding="ascii")
    return path.read_text(encoding="ascii")


SECRET_KEY = environment.given("SECRET_KEY")
if not SECRET_KEY:
    if not (DEBUG or DEMO or TESTING):
        environment.stop("SECRET_KEY is missing. Set it to a long random text, or set KSP_DEMO=1.")
    SECRET_KEY = _generated_secret()

ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = environment.addresses("CSRF_TRUSTED_ORIGINS", schemes=("http", "https"))
_port = environment.number("PORT", default=8000, most=65_535)
SITE_URL = environment.address("SITE_URL", default=f"http://127.0.0.1:{_port}", schemes=("http", "https"))

INSTALLED_APPS = [
    "ksp.accounts",
    "ksp.lib",
    "participants",
    "observers",
    "observers.applications",
    "assignments",
    "assignments.letters",
    "assignments.plans",
    "assignments.calendars",
    "responses.questionnaires",
    "responses",
    "scoring",
    "reports",
    "ksp.rehearsal",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.forms",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "rules",
    "django_filters",
    "import_export",
    "django_prometheus",
    "rest_framework",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "ksp.accounts.middleware.PersonMiddleware",
]

ROOT_URLCONF = "ksp.urls"
WSGI_APPLICATION = "ksp.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

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
                "ksp.lib.context_processors.shell",
            ],
        },
    },
]

DATABASES: dict[str, dict[str, Any]] = {
    "default": environment.database("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'ksp.sqlite3'}"),
}
_database = DATABASES["default"]
if "sqlite" in _database["ENGINE"]:
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-64000;",
    }
    if not TESTING:
        environment.make_folder("KSP_DATA_DIR", DATA_DIR)
else:
    _database["CONN_MAX_AGE"] = environment.number("CONN_MAX_AGE", default=600)
    _database["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = environment.address("REDIS_URL", schemes=("redis", "rediss", "unix"))
if REDIS_URL:
    CACHES = {"default": {"BACKEND": "ksp.lib.caching.PatientRedisCache", "LOCATION": REDIS_URL}}
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
SESSION_ENGINE = "django.contrib.sessions.backends.db"

CELERY_BROKER_URL = REDIS_URL or "memory://localhost/"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 600
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A broker that is away or hangs makes nobody wait: one try, and seconds at most.
_redis_options = {
    "visibility_timeout": 1500,
    "unacked_restore_throttle": 1,
    "max_retries": 0,
    "interval_start": 0,
    "socket_connect_timeout": 1,
    "socket_timeout": 3,
}
CELERY_BROKER_TRANSPORT_OPTIONS = _redis_options if REDIS_URL else {"polling_interval": 0.2}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "Europe/Oslo"
CELERY_BEAT_SCHEDULE = {
    "recompute-owed-scores": {"task": "scoring.tasks.recompute_owed_scores", "schedule": 20.0},
    "make-owed-proposals": {"task": "assignments.plans.tasks.make_owed_proposals", "schedule": 20.0},
    "refresh-statistics": {"task": "scoring.tasks.refresh_statistics", "schedule": 120.0},
    "check-scores": {"task": "scoring.tasks.check_scores_nightly", "schedule": crontab(hour="3", minute="20")},
    "verify-publications": {
        "task": "reports.tasks.verify_publications",
        "schedule": crontab(hour="3", minute="40"),
    },
    "send-waiting-letters": {"task": "assignments.letters.tasks.send_waiting_letters", "schedule": 60.0},
    "expire-unanswered-offers": {
        "task": "assignments.letters.tasks.expire_unanswered_offers",
        "schedule": crontab(minute="7"),
    },
    "send-owed-mail": {"task": "ksp.accounts.tasks.send_owed_mail", "schedule": 30.0},
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "ksp.accounts.adapter.ClosedAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
ALLAUTH_TRUSTED_PROXY_COUNT = environment.number("TRUSTED_PROXY_COUNT", default=0)
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Kundeserviceprisen"
# Managers and administrators sign in with two steps; only tests of other things switch it off.
KSP_REQUIRE_SECOND_FACTOR = True

LANGUAGE_CODE = "nb"
LANGUAGES = [("nb", _("Norwegian")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Oslo"

STATIC_URL = "static/"
STATIC_ROOT = Path(environment.given("STATIC_ROOT") or DATA_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "ksp" / "static"]
MEDIA_ROOT = DATA_DIR / "media"
_storages = "django.contrib.staticfiles.storage"
_unhashed, _hashed = f"{_storages}.StaticFilesStorage", f"{_storages}.ManifestStaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": _unhashed if DEBUG or TESTING else environment.given("STATICFILES_STORAGE") or _hashed,
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG or TESTING
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000

_mail = environment.mail("EMAIL_URL", default="consolemail://")
EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
EMAIL_HOST = _mail.get("EMAIL_HOST")
EMAIL_PORT = _mail.get("EMAIL_PORT")
EMAIL_HOST_USER = _mail.get("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = _mail.get("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = _mail.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _mail.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 15
if DEMO and not environment.given("EMAIL_URL"):
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = DATA_DIR / "mail"
DEFAULT_FROM_EMAIL = environment.given("DEFAULT_FROM_EMAIL") or "Kundeserviceprisen <ksp@ksp.example>"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = False
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
HTTPS = environment.flag("HTTPS", default=not (DEBUG or DEMO or TESTING))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
if HTTPS:
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_SSL_REDIRECT = environment.flag("SECURE_SSL_REDIRECT", default=True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz/", r"^metrics$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_FAILURE_VIEW = "ksp.accounts.views.csrf_failure"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "ksp.accounts.authentication.BearerAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.AnonRateThrottle",
        "rest_framework.throttling.UserRateThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {"anon": "60/min", "user": "600/min"},
    "EXCEPTION_HANDLER": "ksp.lib.api_errors.answer",
    "NUM_PROXIES": environment.number("TRUSTED_PROXY_COUNT", default=0),
}

IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True
IMPORT_EXPORT_USE_TRANSACTIONS = True
TEST_RUNNER = "django.test.runner.DiscoverRunner"
# The worker thread inside the web process, where no Redis is configured.
KSP_WORKER_IN_PROCESS = not REDIS_URL
SILENCED_SYSTEM_CHECKS: list[str] = []

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": environment.level("LOG_LEVEL", default="INFO")},
    "loggers": {"django.request": {"level": "ERROR"}, "celery": {"level": "WARNING"}},
}
