"""Django's settings: one file, steered by the environment (docs/operations.md lists the names).

Safe when nothing is set: DEBUG off, cookies for HTTPS only, this machine's name only.
`make run` and `make dev` set what a laptop needs.
"""

import os
import sys

from liren.config import paths, postgres
from liren.config.secrets import kept_secret


def _flag(name: str, default: bool = False) -> bool:
    value = os.environ.get(name, "").strip().lower()
    return default if not value else value in {"1", "true", "yes", "on"}


def _words(name: str, default: str = "") -> list[str]:
    return [word for word in os.environ.get(name, default).replace(",", " ").split() if word]


TESTING = "pytest" in sys.modules
DEBUG = _flag("DEBUG")
DEMO = _flag("LIREN_DEMO")
"""One-click sign-ins of made-up persons on the first page. Never together with real data."""
SERVING = _flag("LIREN_SERVING")
"""Set by `liren serve` in its own processes: connections are pooled there and only there."""
HTTPS = _flag("LIREN_HTTPS", default=not (DEBUG or DEMO or TESTING))

SECRET_KEY = os.environ.get("SECRET_KEY") or kept_secret(paths.VAR_DIR / "secret_key")
SECRET_KEY_FALLBACKS = _words("SECRET_KEY_FALLBACKS")
# Phones and identity numbers: what these mean and how they are exchanged is in liren.base.crypto.
# Whoever loses them loses the numbers: a server names them in its environment and keeps a copy.
LIREN_FIELD_KEYS = os.environ.get("LIREN_FIELD_KEYS") or (
    f"1:aes-256-gcm:{kept_secret(paths.VAR_DIR / 'field_key')}"
)
LIREN_HASH_KEY = os.environ.get("LIREN_HASH_KEY") or (
    f"hmac-sha256:{kept_secret(paths.VAR_DIR / 'hash_key')}"
)
ALLOWED_HOSTS = _words("ALLOWED_HOSTS", "localhost 127.0.0.1 [::1]")
CSRF_TRUSTED_ORIGINS = _words("CSRF_TRUSTED_ORIGINS")

# -- parts -------------------------------------------------------------------------------------

INSTALLED_APPS = [
    # Ours go first, so that their templates win; add one in its layer's place (docs: DESIGN).
    # >>> liren apps
    "liren.demo",
    "liren.synth",
    "liren.office",
    "liren.portal",
    "liren.field",
    "liren.insight",
    "liren.council",
    "liren.branches",
    "liren.demands",
    "liren.meetings",
    "liren.partners",
    "liren.forms",
    "liren.calls",
    "liren.recruitment",
    "liren.mobileposts",
    "liren.matters",
    "liren.notifications",
    "liren.organisation",
    "liren.people",
    "liren.territory",
    "liren.access",
    "liren.look",
    "liren.base",
    # <<< liren apps
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    # Serves static files in `runserver` through WhiteNoise, as in production.
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "pgtrigger",
    "procrastinate.contrib.django",
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
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "liren.config.body.BodyLimitMiddleware",
    # Last, because it needs the signed-in account: limits, actor, transaction, row-level security.
    "liren.config.middleware.ActorMiddleware",
    # Inside, because it asks who acts: how long a session of staff lasts, second factors.
    "liren.people.signin.policy.PolicyMiddleware",
]

ROOT_URLCONF = "liren.config.urls"
WSGI_APPLICATION = "liren.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "liren.office.context.desk",
                "liren.portal.context.shell",
                "liren.field.context.field",
            ],
        },
    },
]

# -- database ----------------------------------------------------------------------------------

_database = postgres.dsn().as_django()
_database["CONN_MAX_AGE"] = 0
# Statements that ask for it (base.rows.prepared) are planned once a connection; Django's own never.
_database["OPTIONS"]["prepare_threshold"] = 0
# Requests open their transaction in our own middleware, which also says who acts.
_database["ATOMIC_REQUESTS"] = False
# Triggers ask for this setting; where nobody has set it every row costs a caught error (a third of
# the audit's time). Empty: no trigger is passed over.
_database["OPTIONS"]["options"] = " ".join(
    [_database["OPTIONS"].get("options", ""), "-c pgtrigger.ignore={}"]
).strip()
if SERVING:
    _database["OPTIONS"]["pool"] = {
        "min_size": 1,
        "max_size": int(os.environ.get("LIREN_DB_POOL", "8")),
        "timeout": 10,
    }
if TESTING:
    # A test's rows need not outlive a power cut.
    _database["OPTIONS"]["options"] = " ".join(
        [_database["OPTIONS"].get("options", ""), "-c synchronous_commit=off"]
    ).strip()
DATABASES = {"default": _database}

# -- who is asking -----------------------------------------------------------------------------

AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "liren.people.signin.passwords.MixedValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
if TESTING:
    # What is tested is what happens with a password, not how long guessing it would take.
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/accounts/home/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "liren.people.signin.adapter.Adapter"
ACCOUNT_LOGIN_METHODS = {"phone", "email", "username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an address is confirmed before it is kept (signin.proof)
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_FORMS = {
    "login": "liren.people.signin.forms.SignInForm",
    "request_login_code": "liren.people.signin.forms.CodeForm",
    "confirm_login_code": "liren.people.signin.forms.ConfirmCodeForm",
    "change_password": "liren.people.signin.forms.PasswordChangeForm",
    "set_password": "liren.people.signin.forms.PasswordSetForm",
    "reauthenticate": "liren.people.signin.forms.AgainForm",
}
# Floods by address are ours to stop (access.limits): a carrier's customers share one.
ACCOUNT_RATE_LIMITS = {
    "login": "",
    "signup": "",
    "reset_password": "",
    "reset_password_from_key": "",
    "login_failed": "10/15m/key",
    "request_login_code": "5/60m/key",
}
MFA_ADAPTER = "liren.people.signin.adapter.SecondFactor"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RATE_LIMITS = {"webauthn_login": ""}
MFA_TOTP_TOLERANCE = 1
# Browsers give passkeys to https and to this machine's own name only.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
SESSION_COOKIE_AGE = 30 * 24 * 3600
LIREN_STAFF_IDLE_MINUTES = int(os.environ.get("LIREN_STAFF_IDLE_MINUTES", "30"))
LIREN_STAFF_SESSION_HOURS = int(os.environ.get("LIREN_STAFF_SESSION_HOURS", "12"))
LIREN_STAFF_PASSWORD_DAYS = int(os.environ.get("LIREN_STAFF_PASSWORD_DAYS", "180"))
LIREN_STAFF_SECOND_FACTOR = _flag("LIREN_STAFF_SECOND_FACTOR", default=HTTPS)
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "liren.look.errors.csrf_failure"
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_SAMESITE = "Lax"

# -- what a browser may do with our pages ------------------------------------------------------

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_SSL_REDIRECT = HTTPS and SERVING
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
LIREN_PROXIES = int(os.environ.get("LIREN_PROXIES", "0"))
"""How many proxies of ours stand in front. Each must set its headers itself, never pass them on."""
if LIREN_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

_SELF = "'self'"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": [_SELF],
        "style-src": [_SELF],
        # data: for the small images inside Tabler's CSS; blob: for a photo shown before it is sent.
        "img-src": [_SELF, "data:", "blob:", *_words("LIREN_TILE_ORIGINS")],
        "font-src": [_SELF],
        "connect-src": [_SELF],
        "manifest-src": [_SELF],
        "worker-src": [_SELF],
        "form-action": [_SELF],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}

# -- language and time -------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
# Every app has its own locale/ folder, which Django finds; this one is for the parts that are
# no app.
LOCALE_PATHS = [paths.SOURCE_DIR / "config" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("LIREN_TIME_ZONE", "Asia/Shanghai")

# -- files -------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = paths.VAR_DIR / "static"
STATICFILES_DIRS = [paths.ASSETS_DIR / "static"] if (paths.ASSETS_DIR / "static").is_dir() else []
MEDIA_ROOT = paths.VAR_DIR / "media"
"""Uploads. There is no MEDIA_URL: every file is handed out by a view that asks the gate."""
HASHED_STATIC_OPTIONS = {"file_permissions_mode": 0o644, "directory_permissions_mode": 0o755}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "liren.config.static.HashedStorage",
        "OPTIONS": HASHED_STATIC_OPTIONS,
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG

FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 12
LIREN_BODY_LIMIT = 40 * 1024 * 1024
"""Bytes of a whole request. Forms say their own, smaller limits beside the field."""

# -- messages and log --------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = os.environ.get("LIREN_EMAIL_FROM", "liren@localhost")
EMAIL_HOST = os.environ.get("LIREN_SMTP_HOST", "")
EMAIL_PORT = int(os.environ.get("LIREN_SMTP_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("LIREN_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("LIREN_SMTP_PASSWORD", "")
EMAIL_USE_TLS = _flag("LIREN_SMTP_TLS")
EMAIL_TIMEOUT = 20
# Ways out of the platform: none unless the operator names it (nothing leaves by default).
LIREN_BASE_URL = os.environ.get("LIREN_BASE_URL", "http://localhost:8000").rstrip("/")
LIREN_CHANNELS = _words("LIREN_CHANNELS")
LIREN_SMS_URL = os.environ.get("LIREN_SMS_URL", "")
LIREN_WEBHOOK_HOSTS = _words("LIREN_WEBHOOK_HOSTS")
LIREN_DINGTALK_SECRET = os.environ.get("LIREN_DINGTALK_SECRET", "")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("LIREN_LOG_LEVEL", "INFO").upper()},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "procrastinate": {"level": "WARNING"},
        "PIL": {"level": "WARNING"},
    },
}
