"""Settings of cxorders. Everything comes from the environment; every variable is listed in docs/configuration.md.

Nothing set gives the embedded installation: SQLite, a broker in a file, no other service. ``DATABASE_URL`` and
``REDIS_URL`` turn it into the production one. Nothing else differs between the two.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from cxorders.kit import secret

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# --- where this installation keeps its files --------------------------------------------------------------------------
VAR_DIR = Path(env.str("CX_VAR_DIR", default=str(BASE_DIR / "var"))).resolve()
VAR_DIR.mkdir(parents=True, exist_ok=True)

# --- security ---------------------------------------------------------------------------------------------------------
DEBUG = env.bool("CX_DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="") or secret.read_or_create(
    Path(env.str("SECRET_KEY_FILE", default=str(VAR_DIR / "secret_key")))
)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *env.list("CX_ALLOWED_HOSTS", default=[])]
CSRF_TRUSTED_ORIGINS = env.list("CX_TRUSTED_ORIGINS", default=[])

CX_HTTPS = env.bool("CX_HTTPS", default=False)  # the installation is reached by https only
CX_PROXIES = env.int("CX_PROXIES", default=0)  # how many reverse proxies of our own stand in front
if CX_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = CX_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if CX_HTTPS else 0
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = CX_HTTPS
SESSION_COOKIE_AGE = env.int("CX_SESSION_HOURS", default=12) * 3600
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "style-src": [SELF],
        "script-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [SELF],
    }
}

# --- what is installed ------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "cxorders.apps.CxordersConfig",
    "touchpoints",
    "feedback",
    "kpi",
    "cxorders.apps.TechnicalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "cxorders.apps.UsedStaticFilesConfig",
    "django.contrib.humanize",
    "axes",
    "csp",
    "django_cotton.apps.SimpleAppConfig",
    "django_filters",
    "django_htmx",
    "rest_framework",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "cxorders.organisation.middleware.ActiveGrant",
    "cxorders.organisation.middleware.UserLanguage",
    "cxorders.organisation.middleware.LoginRequired",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "cxorders.web.middleware.BusinessErrors",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "cxorders.urls"
WSGI_APPLICATION = "cxorders.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "cxorders.web.context.shell",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton"],
        },
    }
]
COTTON_DIR = "components"

# --- data -------------------------------------------------------------------------------------------------------------
DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'cxorders.sqlite3'}")
}
DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": False}
SQLITE = DATABASES["default"]["ENGINE"].endswith("sqlite3")
if SQLITE:
    # Measured: only WAL + IMMEDIATE + a long timeout never answers "database is locked" under concurrent writers.
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = False
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA temp_store=MEMORY;"
            "PRAGMA mmap_size=134217728;PRAGMA cache_size=-20000;PRAGMA journal_size_limit=27103364"
        ),
    }
DATABASES["default"]["TEST"] = {
    "NAME": env.str("CX_TEST_DATABASE", default=str(VAR_DIR / "test.sqlite3") if SQLITE else "") or None
}

REDIS_URL = env.str("REDIS_URL", default="")


def next_redis_database(url: str) -> str:
    """Return `url` with its database number raised by one (none counts as 0)."""
    parts = urlsplit(url)
    return parts._replace(path=f"/{int(parts.path.strip('/') or 0) + 1}").geturl()


CACHES: dict[str, dict[str, Any]]
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            # Never the broker's own Redis database: clearing the cache would empty the queues.
            "LOCATION": env.str("CX_CACHE_URL", default="") or next_redis_database(REDIS_URL),
            "KEY_PREFIX": "cxorders",
        }
    }
else:  # shared by the processes of one machine, and not in the application's own database file
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": str(VAR_DIR / "cache"),
            "OPTIONS": {"MAX_ENTRIES": 5000},
        }
    }

# --- people -----------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "cxorders.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "cxorders.organisation.passwords.LongEnough", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "organisation:login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = LOGIN_URL

AXES_FAILURE_LIMIT = env.int("CX_LOGIN_FAILURES", default=5)
AXES_COOLOFF_TIME = timedelta(minutes=env.int("CX_LOGIN_LOCK_MINUTES", default=15))
# Name and address together: a stranger elsewhere cannot lock a colleague out by typing wrong passwords.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_HANDLER = "axes.handlers.database.AxesDatabaseHandler"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "cxorders.kit.client_ip.client_ip"
AXES_LOCKOUT_CALLABLE = "cxorders.web.lockout.answer"
AXES_VERBOSE = False

# --- language, time ---------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "cxorders" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("CX_TIME_ZONE", default="Asia/Shanghai")

# --- files ------------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("CX_STATIC_ROOT", default=str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = Path(env.str("CX_MEDIA_ROOT", default=str(VAR_DIR / "media")))
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"file_permissions_mode": 0o640},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True  # pages name files by their hash only; half as much to compress
CX_MAX_UPLOAD_BYTES = env.int("CX_MAX_UPLOAD_MB", default=10) * 1024 * 1024  # one attachment; forms check it
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024  # a request without its files
DATA_UPLOAD_MAX_NUMBER_FILES = 20

# --- mail -------------------------------------------------------------------------------------------------------------
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env.str("CX_MAIL_FROM", default="cxorders@localhost")

# --- jobs -------------------------------------------------------------------------------------------------------------
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    # A message taken by a worker that died comes back after visibility_timeout, which is not renewed: it must exceed
    # the hard time limit below. The restore options make the look-out run every 5 s instead of every 100 s.
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        "visibility_timeout": 3600,
        "unacked_restore_throttle": 1,
        "unacked_restore_interval": 5,
    }
    CELERY_WORKER_PREFETCH_MULTIPLIER = 1
else:
    CELERY_BROKER_TRANSPORT = "cxorders.kit.sqlite_broker:SqliteTransport"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "path": str(VAR_DIR / "broker.sqlite3"),
        "lease": 30,
        "polling_interval": 0.05,
    }
    CELERY_WORKER_PREFETCH_MULTIPLIER = 2
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CONCURRENCY = env.int("CX_WORKER_PROCESSES", default=2)
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SOFT_TIME_LIMIT = 25 * 60
CELERY_TASK_TIME_LIMIT = 30 * 60
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
# One scheduler process. Each entry: name -> task, schedule (seconds or crontab). Tasks are idempotent per time slot.
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "orders": {"task": "touchpoints.orders.tasks.sweep_orders", "schedule": 60},
    "appointments": {"task": "touchpoints.appointments.tasks.sweep_appointments", "schedule": 300},
    "compensations": {"task": "touchpoints.compensation.tasks.sweep_compensations", "schedule": 300},
    "heat": {"task": "touchpoints.heat.tasks.count_heat", "schedule": 600},
    "issues": {"task": "feedback.issues.tasks.sweep_issues", "schedule": 60},
    "probes": {"task": "feedback.probes.tasks.sweep_probes", "schedule": 60},
    "callbacks": {"task": "feedback.callbacks.tasks.sweep_callbacks", "schedule": 60},
    "imports": {"task": "cxorders.transfer.tasks.sweep_batches", "schedule": 30},
    "rollups": {"task": "kpi.metrics.tasks.count_rollups", "schedule": 60},
    "scores": {"task": "kpi.metrics.tasks.compute_scores", "schedule": crontab(hour=2, minute=30)},
}

# --- REST, logging ----------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("CX_LOG_LEVEL", default="INFO")},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "axes": {"level": "WARNING"},
    },
}
