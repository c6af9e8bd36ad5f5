"""Django settings that are the same in every municipality. What differs is in `settings`."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tsunagu.catalog.identity_provider import IdentityProvider

DEBUG = False

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "tsunagu.access",
    "tsunagu.people",
    "tsunagu.cases",
    "tsunagu.jobs",
    "tsunagu.web",  # before the libraries whose templates it replaces
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "tsunagu.web.middleware.keep_to_ourselves",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "tsunagu.web.middleware.choose_language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tsunagu.web.middleware.note_session",
    "tsunagu.web.middleware.ErrorPages",
    "tsunagu.web.middleware.Gate",
    "axes.middleware.AxesMiddleware",  # last, as axes asks
]
ROOT_URLCONF = "tsunagu.web.urls"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "tsunagu.web.framing.describe_frame",
            ]
        },
    }
]

# These are the home's; `settings` fills them in.
HOME: Path | None = None
DEMO_DAY: date | None = None
TWO_STEP_KEY = ""
IDENTITY_PROVIDER: IdentityProvider | None = None
IDENTITY_PROVIDER_SECRET = ""

# Of all files sent at once; and where they lie meanwhile (`settings` fills it in), never in the system's folder.
UPLOAD_MOST_BYTES = 2 * 1024**3
FILE_UPLOAD_TEMP_DIR: Path | None = None
FILE_UPLOAD_PERMISSIONS = 0o600
# A drafted reading of a wide file is one form, with some fields for each of its columns.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

STATIC_URL = "/static/"
# Found where they are installed: no step that collects them, and nothing in two places.
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 300

# Planning a statement under its row policies takes PostgreSQL far longer than running it: each connection plans it once.
# What the policies ask (who, for what, on which day) are settings of the transaction, which every run reads anew.
# A connection that ends takes its plans with it, seconds of work: none ends because of its age.
PLANNED_ONCE = {
    "server_side_binding": True,
    "prepare_threshold": 1,  # not 0: each savepoint has a name of its own, and would be kept
    "options": "-c plan_cache_mode=force_generic_plan",
}

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "access.Staff"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "tsunagu.web.sign_in.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "staff_number"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/sign-in/"
ACCOUNT_FORMS = {"login": "tsunagu.web.sign_in.SignInForm"}
ACCOUNT_RATE_LIMITS = False  # failures are counted in one place, and in the database: axes
SOCIALACCOUNT_ADAPTER = "tsunagu.web.identity_provider.ProviderAdapter"
# Nothing of an account elsewhere is kept: its tables are never made.
MIGRATION_MODULES = {"socialaccount": None}
MFA_ADAPTER = "tsunagu.web.sign_in.TwoStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Tsunagu"
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_FORMS = {
    "authenticate": "tsunagu.web.sign_in.EnterCodeForm",
    "reauthenticate": "tsunagu.web.sign_in.ConfirmCodeForm",
    "activate_totp": "tsunagu.web.sign_in.SetUpCodeForm",
    "add_webauthn": "tsunagu.web.sign_in.AddPasskeyForm",
    "authenticate_webauthn": "tsunagu.web.sign_in.EnterPasskeyForm",
    "reauthenticate_webauthn": "tsunagu.web.sign_in.ConfirmPasskeyForm",
}

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_USERNAME_FORM_FIELD = "username"
AXES_USERNAME_CALLABLE = "tsunagu.web.sign_in.make_lock_key"
AXES_LOCKOUT_CALLABLE = "tsunagu.web.sign_in.respond_locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ACCESS_FAILURE_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "login", "code", "kept"]

# Without a request for so long, the page asks for the password again.
IDLE_LOCK_MINUTES = 15

LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", "日本語"), ("en", "English")]
TIME_ZONE = "Asia/Tokyo"
USE_TZ = True
USE_I18N = True
CSRF_FAILURE_VIEW = "tsunagu.web.views.errors.show_csrf_failure"

SESSION_COOKIE_SECURE = True
SESSION_COOKIE_AGE = 12 * 60 * 60
LANGUAGE_COOKIE_SECURE = True
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SILENCED_SYSTEM_CHECKS = [
    "security.W004",  # HSTS is the front server's, which knows whether the whole name speaks TLS
    "axes.W006",  # failures are counted by staff number, whatever the address, browser or cookie
    "security.W008",  # so is sending plain HTTP on to TLS
]

# Nothing leaves the machine by mail.
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

# Event names and counts, never a person: no statement, no request body, no mail to anybody.
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": True,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "axes": {"handlers": [], "level": "CRITICAL", "propagate": False},  # would name the client
    },
}
