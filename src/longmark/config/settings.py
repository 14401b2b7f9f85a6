"""Settings, safe by default; what can be chosen is read from the environment here.

Every variable is described in docs/reference/settings.md.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF

from longmark.config.environment import (
    Misconfigured,
    flag,
    listed,
    number,
    secret,
    stated_secret,
    text,
)

DATA_FOLDER = Path(text("DATA", "longmark-data")).expanduser().absolute()
BLOB_FOLDER = DATA_FOLDER / "blobs"
PUBLIC_URL = text("PUBLIC_URL", "http://localhost:8000").rstrip("/")
IS_BEHIND_TLS = PUBLIC_URL.startswith("https://")

SECRET_KEY = secret("SECRET_KEY", kept_in=DATA_FOLDER / "secret-key")
PARAMETER_KEY = secret("PARAMETER_KEY", kept_in=DATA_FOLDER / "parameter-key")
DEBUG = flag("DEBUG", default=False)
LINK_URL = text("LINK_URL", PUBLIC_URL).rstrip("/")  # printed on labels: it must last
ALLOWED_HOSTS = listed("HOSTS") or [
    urlsplit(PUBLIC_URL).hostname or "localhost",
    urlsplit(LINK_URL).hostname or "localhost",
    "localhost",
    "127.0.0.1",
    "[::1]",
]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

INSTALLED_APPS = [
    "longmark.web",  # first, so that its sign-in pages stand before those of allauth
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
    "template_partials.apps.SimpleAppConfig",
    "ninja",
    "longmark.ledger",
    "longmark.accounts",
    "longmark.jobs",
    "longmark.parties",
    "longmark.catalog",
    "longmark.names",
    "longmark.sboms",
    "longmark.intel",
    "longmark.findings",
    "longmark.fleet",
    "longmark.connections",
    "longmark.precision",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "longmark.config.middleware.ActorMiddleware",
    "longmark.api.idempotency.IdempotencyMiddleware",
    "longmark.config.middleware.ReactionMiddleware",
]

ROOT_URLCONF = "longmark.config.urls"
WSGI_APPLICATION = "longmark.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["template_partials.templatetags.partials"],
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            ["django.template.loaders.app_directories.Loader"],
                        )
                    ],
                )
            ],
        },
    }
]


def database(url: str) -> dict[str, Any]:
    """Return Django's settings for a database URL; SQLite in the data folder without one."""
    if not url:
        return sqlite(DATA_FOLDER / "longmark.sqlite3")
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return sqlite(Path(unquote(parts.path)))
    if parts.scheme not in {"postgres", "postgresql"}:
        raise Misconfigured(f"DATABASE_URL must begin with postgresql://, not {parts.scheme}://.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": parts.port or "",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": False,
    }


def sqlite(path: Path) -> dict[str, Any]:
    """Return settings for SQLite: readers beside one writer, and writers that wait."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 60,  # recording a very large SBOM takes half as long
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
                "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456;"
            ),
        },
    }


DATABASES = {"default": database(os.environ.get("DATABASE_URL", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "longmark.config.signin.ClosedSignup"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key"}
ACCOUNT_SESSION_REMEMBER = True

CACHES = {
    "default": {
        # Shared by all processes, so that sign-in throttling counts across them.
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
    }
}

SESSION_COOKIE_AGE = number("SESSION_HOURS", default=12) * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = IS_BEHIND_TLS
CSRF_COOKIE_HTTPONLY = False
CSRF_COOKIE_SECURE = IS_BEHIND_TLS
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 31_536_000 if IS_BEHIND_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_BEHIND_TLS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if flag("BEHIND_PROXY", default=False) else None
)
X_FRAME_OPTIONS = "DENY"

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
    }
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]  # a language is offered when all of it is translated
USE_I18N = True
USE_TZ = True
TIME_ZONE = text("TIME_ZONE", "UTC")

STATIC_URL = "/static/"
STATIC_ROOT = DATA_FOLDER / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

DATA_UPLOAD_MAX_MEMORY_SIZE = 8 << 20  # files are read piece by piece, and are not counted
FILE_UPLOAD_MAX_MEMORY_SIZE = 1 << 20
READ_AT_ONCE_BYTES = number("READ_AT_ONCE_KB", default=1024) << 10  # larger ones: by a job
EXPORT_AT_ONCE_COMPONENTS = number("EXPORT_AT_ONCE_COMPONENTS", default=5_000)
EXPORT_FOLDER = DATA_FOLDER / "exports"  # what can be written again; may be emptied at any time
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

COMPANY = text("COMPANY", "")
SECURITY_CONTACT = text("SECURITY_CONTACT")
KEEP_PHOTO_METADATA = flag("KEEP_PHOTO_METADATA", default=False)
PUBLIC_BADGES = flag("PUBLIC_BADGES", default=False)

IMPORT_FOLDER = text("IMPORT_FOLDER")  # whose lists are taken in; empty: none
CONNECTION_FOLDER = DATA_FOLDER / "connections"  # their tokens and keys, for the owner alone
CONNECTION_PROXY = text("CONNECTION_PROXY")
FEED_FOLDER = DATA_FOLDER / "feeds"  # what is being fetched
BUNDLE_FOLDER = DATA_FOLDER / "bundles"  # what is carried to or from sites without network
BUNDLE_KEY_FILE = Path(text("BUNDLE_KEY_FILE") or DATA_FOLDER / "bundle-key").expanduser()
FEED_TRUSTED_HOSTS = frozenset(listed("FEED_TRUSTED_HOSTS"))
FEED_PROXY = text("FEED_PROXY")
NVD_API_KEY = stated_secret("NVD_API_KEY")

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": text("LOG_LEVEL", "WARNING")},
}
