"""One file, secure by default. What differs between machines is read from the environment."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext_lazy as _

from portal import env

env.embed()

BASE_DIR = env.ROOT
DATA_DIR = env.DATA_DIR
SECRET_KEY = env.text("SECRET_KEY")
FIELD_KEYS = env.text("FIELD_KEYS")
BLIND_INDEX_KEY = env.text("BLIND_INDEX_KEY")
JOURNAL_KEY = env.text("JOURNAL_KEY")
SANDBOX = env.flag("SANDBOX")
DEBUG = False
TESTING = env.flag("TESTING")

BASE_URL = env.text("BASE_URL", f"http://127.0.0.1:{env.number('PORT', 8000)}")
SECURE = BASE_URL.startswith("https://")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "127.0.0.1 localhost")
ALLOWED_ORIGINS = env.words(
    "ALLOWED_ORIGINS", f"{BASE_URL} {BASE_URL.replace('127.0.0.1', 'localhost')}"
)
CSRF_TRUSTED_ORIGINS = ALLOWED_ORIGINS

INSTALLED_APPS = [
    "daphne",
    "portal.accounts.admin_config.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "channels",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "portal",
    "portal.organization",
    "portal.accounts",
    "portal.audit",
    "portal.terminology",
    "portal.outbox",
    "portal.notification",
    "portal.realtime",
    "portal.record",
    "portal.his",
    "portal.registration",
    "portal.payment",
    "family_doctor",
    "consult",
    "refill",
    "delivery",
]
if SANDBOX:
    INSTALLED_APPS.append("portal.sandbox")

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.middleware.SafetyHeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "portal.accounts.middleware.StaffSessionMiddleware",
    "portal.middleware.ActorMiddleware",
    "portal.middleware.MethodMiddleware",
]
ROOT_URLCONF = "portal.urls"
ASGI_APPLICATION = "portal.asgi.application"
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
                "portal.middleware.surroundings",
                "portal.notification.unread.count",
            ],
        },
    }
]

POOL_SIZE = env.number("DATABASE_POOL", 20)  # connections a process


def _database(url: str) -> dict[str, object]:
    """DATABASE_URL as Django wants it; SQLite takes its write lock at BEGIN."""
    if not url.startswith("sqlite"):
        return _postgresql(url)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": urlsplit(url).path or str(DATA_DIR / "portal.sqlite3"),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }


def _postgresql(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    # Under ASGI every request has a thread of its own: a pool keeps the connections.
    # The tests make and drop databases, which a pool would hold open.
    pool = {} if TESTING else {"pool": {"min_size": 2, "max_size": POOL_SIZE}}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None if TESTING else 0,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5, "options": "-c lock_timeout=3000", **pool},
    }


DATABASES = {"default": _database(env.text("DATABASE_URL", "sqlite://"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.text("REDIS_URL", "")
CHANNEL_LAYERS: dict[str, dict[str, object]] = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        # redis-py 8 would end an idle subscription after 5 s (channels_redis issue 422).
        "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None}]},
    }
    if REDIS_URL
    else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
}
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}
CELERY_BROKER_URL = REDIS_URL or "memory://localhost/"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
# Without Redis the worker shares this process: it looks often enough to feel immediate.
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"socket_connect_timeout": 2} if REDIS_URL else {"polling_interval": 0.05}
)

AUTH_USER_MODEL = "accounts.User"
SESSION_ENGINE = "portal.accounts.session_store"
AUTHENTICATION_BACKENDS = ["portal.record.backends.PasswordBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/home/"

ALLAUTH_TRUSTED_PROXY_COUNT = env.number("PROXY_COUNT", 1 if env.flag("BEHIND_PROXY") else 0)
ACCOUNT_ADAPTER = "portal.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
LOGIN_STAGES = [
    "portal.accounts.stages.SetUpStage",
    "portal.registration.recognising.RecogniseStage",
]
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = True
MFA_ADAPTER = "portal.accounts.adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
USERSESSIONS_ADAPTER = "portal.accounts.adapter.SessionsAdapter"
SECOND_FACTOR_MAX_AGE = env.number("SECOND_FACTOR_MAX_AGE", 300)
STAFF_SESSION_AGE = 60 * 60 * 12
STAFF_IDLE_SECONDS = env.number("STAFF_IDLE_SECONDS", 900)
COURIER_IDLE_SECONDS = env.number("COURIER_IDLE_SECONDS", 3600)
LOGIN_MAX_FAILURES = env.number("LOGIN_MAX_FAILURES", 5)
LOGIN_LOCK_MINUTES = env.number("LOGIN_LOCK_MINUTES", 15)
PHONE_REGIONS = env.words("PHONE_REGIONS", "CN RU SK")
PHONE_TRUSTED_DAYS = env.number("PHONE_TRUSTED_DAYS", 60)

SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
CSRF_FAILURE_VIEW = "portal.pages.stale_form"
SECURE_SSL_REDIRECT = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("BEHIND_PROXY") else None
SECURE_HSTS_SECONDS = 31536000 if SECURE else 0
SECURE_REFERRER_POLICY = "same-origin"
SILENCED_SYSTEM_CHECKS = ["security.W002"]  # our content policy forbids every frame already
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

LANGUAGE_CODE = env.text("LANGUAGE_CODE", "en")
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["portal.formats"]
USE_TZ = True
TIME_ZONE = env.text("TIME_ZONE", "Asia/Shanghai")  # the district's; a centre has its own

STATIC_URL = "/static/"
STATIC_ROOT = env.text("STATIC_ROOT", str(DATA_DIR / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = env.text("MEDIA_ROOT", str(DATA_DIR / "media"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING
        else "portal.storage.ModuleManifestStorage"
    },
}

HIS_BASE_URL = env.text("HIS_BASE_URL", "http://127.0.0.1:8090/fhir")
HIS_AUTH = env.text("HIS_AUTH", "")
HIS_CA_FILE = env.text("HIS_CA_FILE", "")
HIS_CLIENT_CERT = env.text("HIS_CLIENT_CERT", "")
HIS_CLIENT_KEY = env.text("HIS_CLIENT_KEY", "")
HIS_IDENTITY_SYSTEM = env.text("HIS_IDENTITY_SYSTEM", "urn:oid:2.16.156.10011.1.3")
OUTBOX_LANES = env.number("OUTBOX_LANES", 8)
SMS_GATEWAY_URL = env.text("SMS_GATEWAY_URL", "http://127.0.0.1:8091/messages")
RELAY_BASE_URL = env.text("RELAY_BASE_URL", "")  # where couriers' telephone numbers are lent
HELP_TELECOM = env.text("HELP_TELECOM", "12320")  # the public health line, where no centre is known
COMPLAINT_TELECOM = env.text("COMPLAINT_TELECOM", "12320")  # R132
EMERGENCY_TELECOM = env.text("EMERGENCY_TELECOM", "120")  # R31
STRIPE_API_BASE = env.text("STRIPE_API_BASE", "")
STRIPE_API_KEY = env.text("STRIPE_API_KEY", "")
CASHIER_PAGES = env.text("CASHIER_PAGES", STRIPE_API_BASE or "https://checkout.stripe.com")
STRIPE_WEBHOOK_SECRETS = env.words("STRIPE_WEBHOOK_SECRETS")
RULE_PROFILE = env.text("RULE_PROFILE", "CN-SH")

LIVE_SAY_BURST = env.number("LIVE_SAY_BURST", 40)  # messages a person may write at once
LIVE_SAY_A_SECOND = env.number("LIVE_SAY_A_SECOND", 4)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "portal.logs.formatter", "plain": SANDBOX}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "WARNING")},
}
