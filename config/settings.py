"""All settings, from the environment. What production cannot do without has no default: nonsense stops the start."""

from email.utils import parseaddr
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from config import environment
from config.headers import open_to_other_sites

BASE_DIR = Path(__file__).resolve().parent.parent

# --- what the operator must give -------------------------------------------------------------------------
DEMO = environment.flag("DEMO", default=False)
HTTPS = environment.flag("HTTPS", default=True)
if DEMO and HTTPS:
    raise ImproperlyConfigured(
        "DEMO shows every mail to everybody, so it needs HTTPS=0: it can't be a public site."
    )
SECRET_KEY = environment.secret_key(production=HTTPS)
FIELD_ENCRYPTION_KEYS = environment.encryption_keys()
ALLOWED_HOSTS = environment.allowed_hosts()
# Keyed hashes of mailboxes outlive a change of SECRET_KEY only if they have a key of their own.
LOOKUP_HASH_KEY = environment.hash_key(default=salted_hmac("undersigned.lookup", "", SECRET_KEY).hexdigest())
SITE_URL = environment.site_url(hosts=ALLOWED_HOSTS, https=HTTPS)
SECURITY_CONTACT = environment.contact_for_reports("SECURITY_CONTACT")
DEBUG = False

# --- the house -------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "campaigns",
    "signatories.apps.SignatoriesConfig",
    "signatories.apps.DeskConfig",
    "crispy_forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "config.proxies.ProxiesMiddleware",
    "config.headers.HeadersMiddleware",
    "config.refusals.RefusalsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
ROOT_URLCONF = "dev.urls" if DEMO else "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Django's own renderer knows neither our templates nor crispy's; the admin and allauth need both.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS.append("django.forms")
CRISPY_ALLOWED_TEMPLATE_PACKS = ["undersigned"]
CRISPY_TEMPLATE_PACK = "undersigned"
CRISPY_FAIL_SILENTLY = False

# --- servers ---------------------------------------------------------------------------------------------
DATABASES = {
    "default": environment.database(
        connect_timeout=5,
        # deploy/start sets it for the web process alone. Migrations, commands and the worker take their time.
        statement_timeout=environment.whole_number("STATEMENT_TIMEOUT_SECONDS", default=0, at_least=0),
    )
}
DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": False}

REDIS_URL = environment.broker()
CELERY = {
    "broker_url": REDIS_URL,
    "broker_connection_retry_on_startup": True,
    # However long the broker is away: a worker that gave up would need somebody to start it again.
    "broker_connection_max_retries": None,
    "broker_transport_options": {
        # A dead or frozen broker must cost a signer a fraction of a second, not a time-out: two tries without a rest.
        "socket_connect_timeout": 0.5,
        "socket_timeout": 0.5,
        "max_retries": 1,
        "interval_start": 0,
        "visibility_timeout": 600,
    },
    "result_backend": None,
    "task_ignore_result": True,
    "task_publish_retry": False,
    "task_acks_late": False,
    "worker_prefetch_multiplier": 1,
    "worker_hijack_root_logger": False,
    "worker_send_task_events": False,
    "task_default_queue": "undersigned",
    "timezone": "UTC",
    "beat_schedule": {
        "drain-outbox": {
            "task": "signatories.tasks.drain_outbox",
            "schedule": 3.0,
            "options": {"expires": 3},
        },
        "sweep": {"task": "signatories.tasks.sweep", "schedule": 5.0, "options": {"expires": 5}},
        "join-total": {"task": "signatories.tasks.join_total", "schedule": 60.0, "options": {"expires": 60}},
        "note-milestones": {
            "task": "signatories.tasks.note_milestones",
            "schedule": 60.0,
            "options": {"expires": 60},
        },
        "publish-due": {"task": "signatories.tasks.publish_due", "schedule": 300.0},
        "expire-unconfirmed": {"task": "signatories.tasks.expire_unconfirmed", "schedule": 600.0},
        "forget-networks": {"task": "signatories.tasks.forget_networks", "schedule": 3600.0},
        # Asked each hour, done once a night: a night without a worker is made up for.
        "purge": {"task": "signatories.tasks.purge", "schedule": 3600.0},
    },
}

# A file, on a disk that outlives this server's, to which each erasure adds a line of hashes; none: `manage.py erasure_list`.
ERASURE_LIST = environment.text("ERASURE_LIST", default="")

# --- mail ------------------------------------------------------------------------------------------------
if DEMO:
    EMAIL_BACKEND = "dev.mail.EmlBackend"
    MAIL_DIR = Path(environment.text("MAIL_DIR", default="var/mail"))
else:
    vars().update(environment.mail())
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = environment.sender(
    "DEFAULT_FROM_EMAIL", default=f"letters@{ALLOWED_HOSTS[0].lstrip('.')}"
)
# Of mail to those whose name is not public: nobody who sees it in their mailbox must learn anything.
DISCREET_FROM_EMAIL = environment.sender("DISCREET_FROM_EMAIL", default=parseaddr(DEFAULT_FROM_EMAIL)[1])
# Seconds after which a mail that a worker claimed and did not settle is free again.
OUTBOX_LEASE_SECONDS = environment.whole_number("OUTBOX_LEASE_SECONDS", default=60, at_least=1)
# Confirmation mails that go out within one hour of the clock, of all letters together; more of them wait. Decisions don't.
CONFIRM_MAILS_AN_HOUR = environment.whole_number("CONFIRM_MAILS_AN_HOUR", default=500, at_least=1)

# --- limits ----------------------------------------------------------------------------------------------
# How much one may ask for: a burst and what is sustained (signatories.limiting; docs/settings.md says why these).
LIMIT_NETWORK = environment.limits("LIMIT_NETWORK", default="60/10minutes;300/day")
LIMIT_WIDE_NETWORK = environment.limits("LIMIT_WIDE_NETWORK", default="200/10minutes;1500/day")
LIMIT_DOMAIN = environment.limits("LIMIT_DOMAIN", default="60/10minutes;200/day")
LIMIT_MAILBOX = environment.limits("LIMIT_MAILBOX", default="12/10minutes;30/day")
LIMIT_CAMPAIGN = environment.limits("LIMIT_CAMPAIGN", default="300/minute;3000/hour")
# A tenth of the letter's, for those who cost an attacker nothing: they are counted apart.
LIMIT_NOWHERE = environment.limits("LIMIT_NOWHERE", default=environment.tenth_of(LIMIT_CAMPAIGN))
LIMIT_WITHOUT_PROOF = environment.limits("LIMIT_WITHOUT_PROOF", default=environment.tenth_of(LIMIT_CAMPAIGN))

# How many numbers a browser may have to try for its proof of work (signatories.proving).
CHALLENGE_DIFFICULTY = environment.whole_number("CHALLENGE_DIFFICULTY", default=200_000, at_least=1000)

# --- log-in ----------------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = ["config.permissions.StaffBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "admin:index"
ACCOUNT_ADAPTER = "signatories.desk.staff.StaffAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "add_webauthn": "signatories.desk.passkeys.AddForm",
    "authenticate_webauthn": "signatories.desk.passkeys.AuthenticateForm",
    "reauthenticate_webauthn": "signatories.desk.passkeys.ReauthenticateForm",
    "login_webauthn": "signatories.desk.passkeys.LoginForm",
}
# Browsers keep passkeys without TLS for http://localhost alone.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
MFA_TOTP_ISSUER = "Undersigned"
MFA_ADAPTER = "signatories.desk.staff.StaffMFAAdapter"
# Whoever has no second factor can do nothing in the admin but set one up.
STAFF_MFA_REQUIRED = environment.flag("STAFF_MFA_REQUIRED", default=True)
if HTTPS and not STAFF_MFA_REQUIRED:
    raise ImproperlyConfigured(
        "STAFF_MFA_REQUIRED=0 needs HTTPS=0: on a public site a password alone must not open the admin."
    )
# Seconds for which a password or second factor that was given again opens exports of contacts and changes of roles.
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# Staff log in on machines that are not always theirs: the session ends with the browser.
ACCOUNT_SESSION_REMEMBER = False
# Seconds without a click after which it ends too. The pages of the staff set it anew (DeskSite), public ones never.
SESSION_COOKIE_AGE = 1800
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
CACHES = {"default": {"BACKEND": "config.cache.RedisOrMemoryCache", "LOCATION": REDIS_URL}}

# --- languages, times ------------------------------------------------------------------------------------
LANGUAGES = [
    ("en", _("English")),
    ("fr", _("French")),
    ("es", _("Spanish")),
    ("ar", _("Arabic")),
    ("ru", _("Russian")),
    ("zh-hans", _("Chinese (simplified)")),
]
LANGUAGE_CODE = environment.language(known=list(dict(LANGUAGES)))
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- static files ----------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(environment.text("STATIC_ROOT", default=str(BASE_DIR / "var" / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": environment.text("STATICFILES_BACKEND", default="config.staticfiles.SentStaticFiles")
    },
}
WHITENOISE_USE_FINDERS = False
WHITENOISE_ADD_HEADERS_FUNCTION = open_to_other_sites

# --- safety ----------------------------------------------------------------------------------------------
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_FAILURE_VIEW = "signatories.views.expired.form_expired"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# W002 misses Django's own middleware for X-Frame-Options; HeadersMiddleware sets it, as each page's content policy says.
SILENCED_SYSTEM_CHECKS = ["security.W002"]
BEHIND_TLS_PROXY = environment.flag("BEHIND_TLS_PROXY", default=False)
# Whose X-Forwarded-For and X-Forwarded-Proto are believed (config.proxies): nobody's without a proxy.
TRUSTED_PROXIES = environment.trusted_proxies(behind=BEHIND_TLS_PROXY)
if BEHIND_TLS_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
# One form of the staff takes a picture (config.uploads.takes_one_file), and makes it anew; no other takes a file.
FILE_UPLOAD_HANDLERS = ["config.uploads.RefuseFiles"]
# Not in a cookie of its own, which has no `__Host-` name and could be set from a neighbouring domain.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "config.logs.DiscreetFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stdout"}
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "ERROR"},
        # Three lines every three seconds, for each look into the outbox.
        "celery.beat": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
    },
}
