"""Settings of the web doors, built from a workspace folder."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import plotly
from csp.constants import NONE, SELF

from yiheng.runs import Workspace
from yiheng.runs.journal import head_file
from yiheng.runs.workspace import FILE

from .secrecy import key_of
from .web import checked

HERE = Path(__file__).parent
DATABASE = "casework.sqlite3"
KEY = "casework.key"
LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]

SESSION_HOURS = 8
SECONDS_IN_AN_HOUR = 3600
SECONDS_IN_A_YEAR = 31_536_000
LOCK_OUT_AFTER, LOCK_OUT_MINUTES = 5, 15
SHORTEST_PASSWORD = 10
SECONDS_TO_WAIT_FOR_DATABASE = 20

# Copied from packages to the static folder, but used by no page.
NOT_SERVED = ["widgetbundle.js", "datasets", "templates", "ext", "htmx-4*", "htmax-4*", "htmx-2.js", "django-htmx.js"]

APPS = [
    "yiheng.cockpit",
    "yiheng.casework",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_htmx",
    "axes",
    "csp",
]

MIDDLEWARE = [
    "yiheng.cockpit.middleware.KnownMethods",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "yiheng.cockpit.middleware.ChosenLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "yiheng.cockpit.unsound.Journalled",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "yiheng.cockpit.middleware.NotKept",
    "yiheng.cockpit.unread.Read",
    "yiheng.cockpit.middleware.BusyDoor",
    "yiheng.cockpit.page.OnePage",
    "yiheng.cockpit.unsound.Unsound",
    "axes.middleware.AxesMiddleware",
]

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

VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": SHORTEST_PASSWORD},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]


def settings_for(folder: Path) -> dict[str, Any]:
    """Every setting of the web doors for one workspace.

    ``[web]`` in ``yiheng.toml`` may hold ``hosts`` (names people type), ``https`` (true behind a
    proxy that speaks it), ``database`` (Django's description of another database) and
    ``journal_head`` (where the head of the journal stands, such as on another disk).

    Raises:
        Refusal: when the folder is no workspace, ``[web]`` holds something else, or the key is empty or open to others.
    """
    space = Workspace.open(folder)
    folder = space.folder.resolve()
    web = checked(space.settings.get("web", {}), folder / FILE)
    https = web.get("https", False)
    return {
        "WORKSPACE": folder,
        "DEBUG": False,
        "SECRET_KEY": key_of(folder / KEY),
        "ALLOWED_HOSTS": [*LOOPBACK, *web.get("hosts", [])],
        "INSTALLED_APPS": APPS,
        "MIDDLEWARE": MIDDLEWARE,
        "ROOT_URLCONF": "yiheng.cockpit.urls",
        "TEMPLATES": [_templates()],
        "DATABASES": {"default": _database(folder, web.get("database"))},
        "JOURNAL_HEAD": head_file(Workspace(folder)),
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "LOGGING": _logging(),
        **_language(),
        **_static(folder),
        **_sign_in(),
        **_security(https),
    }


def _database(folder: Path, described: dict[str, Any] | None) -> dict[str, Any]:
    if not described:
        return _sqlite(folder / DATABASE)
    if not str(described.get("ENGINE")).endswith("sqlite3"):
        return described
    # Another file of SQLite is opened as ours is: one writer at a time, each act on the disk before it is told.
    ours = _sqlite(Path(described.get("NAME", folder / DATABASE)))
    return {**ours, **described, "OPTIONS": {**ours["OPTIONS"], **described.get("OPTIONS", {})}}


def _sqlite(file: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": file,
        "OPTIONS": {
            "timeout": SECONDS_TO_WAIT_FOR_DATABASE,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
    }


def _templates() -> dict[str, Any]:
    return {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "yiheng.cockpit.unsound.unsound",
            ]
        },
    }


def _language() -> dict[str, Any]:
    return {
        "USE_I18N": True,
        "USE_TZ": True,
        "TIME_ZONE": "Asia/Shanghai",
        "LANGUAGE_CODE": "zh-hans",
        "LANGUAGES": [("zh-hans", "中文"), ("en", "English")],
        "LANGUAGE_COOKIE_HTTPONLY": True,
        "LANGUAGE_COOKIE_SAMESITE": "Lax",
        "LOCALE_PATHS": [HERE / "locale"],
    }


def _static(folder: Path) -> dict[str, Any]:
    return {
        "STATIC_URL": "/static/",
        "STATIC_ROOT": folder / "static",
        "STATICFILES_DIRS": [("plotly", str(Path(plotly.__file__).parent / "package_data"))],
        "STORAGES": {
            "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
            "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
        },
        "WHITENOISE_KEEP_ONLY_HASHED_FILES": True,
    }


def _sign_in() -> dict[str, Any]:
    return {
        "AUTH_USER_MODEL": "casework.User",
        "AUTHENTICATION_BACKENDS": [
            "axes.backends.AxesStandaloneBackend",
            "django.contrib.auth.backends.ModelBackend",
        ],
        "PASSWORD_HASHERS": ["yiheng.casework.tries.OneAtATime"],
        "AUTH_PASSWORD_VALIDATORS": VALIDATORS,
        "LOGIN_URL": "login",
        "LOGIN_REDIRECT_URL": "cockpit",
        "LOGOUT_REDIRECT_URL": "login",
        "AXES_FAILURE_LIMIT": LOCK_OUT_AFTER,
        "AXES_COOLOFF_TIME": dt.timedelta(minutes=LOCK_OUT_MINUTES),
        "AXES_USERNAME_CALLABLE": "yiheng.casework.tries.name_of",
        "AXES_LOCKOUT_PARAMETERS": [["username", "ip_address"]],
        "AXES_HANDLER": "yiheng.casework.tries.Counted",
        "AXES_CLIENT_IP_CALLABLE": "yiheng.casework.tries.address_of",
        # Who tries on while locked out neither lengthens the lock of another nor fills a table.
        "AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT": False,
        "AXES_LOCKOUT_CALLABLE": "yiheng.cockpit.signing.locked_out",
        "AXES_RESET_ON_SUCCESS": True,
        "AXES_ENABLE_ADMIN": False,
        "AXES_VERBOSE": False,
    }


def _security(https: bool) -> dict[str, Any]:
    return {
        "CONTENT_SECURITY_POLICY": CONTENT_SECURITY_POLICY,
        "X_FRAME_OPTIONS": "DENY",
        "SECURE_CONTENT_TYPE_NOSNIFF": True,
        "SECURE_REFERRER_POLICY": "same-origin",
        "SECURE_CROSS_ORIGIN_OPENER_POLICY": "same-origin",
        "SECURE_HSTS_SECONDS": SECONDS_IN_A_YEAR if https else 0,
        "SESSION_COOKIE_SECURE": https,
        "CSRF_COOKIE_SECURE": https,
        "LANGUAGE_COOKIE_SECURE": https,
        "CSRF_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_AGE": SESSION_HOURS * SECONDS_IN_AN_HOUR,
        "SESSION_EXPIRE_AT_BROWSER_CLOSE": True,
    }


def _logging() -> dict[str, Any]:
    """Faults go to the standard error of the process; without this a fault of a page would be silent."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": "yiheng.cockpit.faults.Line"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "loggers": {
            "django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
            # Anybody who reaches the port can cause these: a foreign host, a wrong password (kept in the database).
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            "axes": {"level": "ERROR"},
            "waitress.queue": {"level": "ERROR"},
        },
        "root": {"handlers": ["stderr"], "level": "WARNING"},
    }
