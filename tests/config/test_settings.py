"""What the operator gives: nonsense stops the start with one sentence, sense starts in silence."""

import os
import runpy
import subprocess
import sys
from ipaddress import ip_address

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from limits import parse_many

from config import environment
from dev.environment import PROJECT

PRODUCTION = {
    "SECRET_KEY": "correct-horse-battery-staple-and-a-few-more-words-to-be-long",
    "FIELD_ENCRYPTION_KEYS": "nAIjWxvPTyKVYXwIsFDyZD2DUmqz3UiUGQR1Sl2gZPc=",
    "ALLOWED_HOSTS": "letters.example.org",
    "SITE_URL": "https://letters.example.org",
    "DATABASE_URL": "postgresql://undersigned:of-the-database@db.example.org/undersigned",
    "REDIS_URL": "redis://:of-the-broker@broker.example.org:6379/0",
    "EMAIL_URL": "smtp+tls://letters%40example.org:of-the-mail@mail.example.org:587",
    "DEFAULT_FROM_EMAIL": "Letters <letters@example.org>",
    "BEHIND_TLS_PROXY": "1",
}


@pytest.fixture(autouse=True)
def production(monkeypatch):
    for name in os.environ:
        monkeypatch.delenv(name)
    for name, value in PRODUCTION.items():
        monkeypatch.setenv(name, value)


def settings_with(monkeypatch, **changes):
    """All settings as they would be under production's environment with these changes; None takes one away."""
    for name, value in changes.items():
        if value is None:
            monkeypatch.delenv(name)
        else:
            monkeypatch.setenv(name, value)
    return runpy.run_path(str(PROJECT / "config" / "settings.py"))


def refusal(monkeypatch, **changes):
    with pytest.raises(ImproperlyConfigured) as refused:
        settings_with(monkeypatch, **changes)
    return str(refused.value)


def run(command, **changes):
    environment_ = PRODUCTION | changes | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    return subprocess.run(command, env=environment_, cwd=PROJECT, capture_output=True, text=True, timeout=60)


def test_production_settings_pass_the_deployment_check_in_silence(tmp_path):
    done = run(
        [sys.executable, "-W", "error", "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        STATIC_ROOT=str(tmp_path),
    )

    assert (done.stdout, done.stderr, done.returncode) == (
        "System check identified no issues (1 silenced).\n",
        "",
        0,
    )


@pytest.mark.parametrize("name", ["SECRET_KEY", "FIELD_ENCRYPTION_KEYS", "ALLOWED_HOSTS"])
@pytest.mark.parametrize("value", [None, "", "  "])
def test_what_production_cannot_do_without_has_no_default(name, value, monkeypatch):
    assert (
        refusal(monkeypatch, **{name: value})
        == f"{name} is not set. docs/settings.md says what it must hold."
    )


FERNET = "FIELD_ENCRYPTION_KEYS must be Fernet keys (32 random bytes, URL-safe base64), separated by commas."
HOSTS = (
    "ALLOWED_HOSTS must be host names such as letters.example.org, separated by commas, "
    "without https:// and port."
)
SITE = "SITE_URL must be like https://letters.example.org: no path and no slash at its end."
DATABASE = (
    "DATABASE_URL must be like postgresql://user:password@host:5432/name; other databases are not supported."
)
BROKER = "REDIS_URL must be like redis://:password@host:6379/0 (rediss:// with TLS)."
MAIL = (
    "EMAIL_URL must be like smtp+tls://user:password@host:587 (smtp+ssl:// on port 465, smtp:// without TLS)."
)
PROXIES = (
    "TRUSTED_PROXIES must be addresses or networks such as 127.0.0.1,172.18.0.0/16, separated by commas; "
    "none wider than /8 (IPv6: /7)."
)
NONSENSE = [
    ("SECRET_KEY", "too-short", "SECRET_KEY must be random and at least 50 characters long."),
    ("SECRET_KEY", "abab" * 20, "SECRET_KEY must be random and at least 50 characters long."),
    ("FIELD_ENCRYPTION_KEYS", "not-a-key", FERNET),
    ("FIELD_ENCRYPTION_KEYS", f"{PRODUCTION['FIELD_ENCRYPTION_KEYS']},not-a-key", FERNET),
    ("FIELD_ENCRYPTION_KEYS", " , ", FERNET),
    ("FIELD_ENCRYPTION_KEYS", "é" * 44, FERNET),
    ("FIELD_ENCRYPTION_KEYS", "A" * 43 + "=", FERNET),
    (
        "ALLOWED_HOSTS",
        "letters.example.org,*",
        "ALLOWED_HOSTS must name the site's hosts: * would let anybody put theirs into our links.",
    ),
    ("ALLOWED_HOSTS", "https://letters.example.org", HOSTS),
    ("ALLOWED_HOSTS", "letters.example.org:8000", HOSTS),
    ("ALLOWED_HOSTS", "letters.example.org www.example.org", HOSTS),
    ("ALLOWED_HOSTS", ",", HOSTS),
    ("SITE_URL", "letters.example.org", SITE),
    ("SITE_URL", "https://letters.example.org/", SITE),
    ("SITE_URL", "https://letters.example.org/en", SITE),
    ("SITE_URL", "https://user@letters.example.org", SITE),
    ("SITE_URL", "ftp://letters.example.org", SITE),
    ("SITE_URL", "https://", SITE),
    (
        "SITE_URL",
        "http://letters.example.org",
        "SITE_URL must start with https:// (or set HTTPS=0, but never for a public site).",
    ),
    (
        "SITE_URL",
        "https://elsewhere.example.org",
        "The host of SITE_URL must be one of ALLOWED_HOSTS: mailed links would lead nowhere.",
    ),
    ("HTTPS", "ture", "HTTPS must be 1 or 0 (or true, yes, on, false, no, off)."),
    ("BEHIND_TLS_PROXY", "2", "BEHIND_TLS_PROXY must be 1 or 0 (or true, yes, on, false, no, off)."),
    (
        "DEMO",
        "1",
        "DEMO shows every mail to everybody, so it needs HTTPS=0: it can't be a public site.",
    ),
    (
        "STAFF_MFA_REQUIRED",
        "0",
        "STAFF_MFA_REQUIRED=0 needs HTTPS=0: on a public site a password alone must not open the admin.",
    ),
    ("LOOKUP_HASH_KEY", "short", "LOOKUP_HASH_KEY must be at least 32 characters long."),
    ("DATABASE_URL", "mysql://user:hidden@host/name", DATABASE),
    ("DATABASE_URL", "sqlite:///hidden.db", DATABASE),
    ("DATABASE_URL", "postgresql://user:hidden@host:port/name", DATABASE),
    ("DATABASE_URL", "postgresql://user:hidden@host/", DATABASE),
    ("DATABASE_URL", "hidden", DATABASE),
    ("REDIS_URL", "amqp://user:hidden@host", BROKER),
    ("REDIS_URL", "redis://", BROKER),
    ("REDIS_URL", "127.0.0.1:6379", BROKER),
    ("EMAIL_URL", "mail.example.org", MAIL),
    ("EMAIL_URL", "dummymail://", MAIL),
    ("EMAIL_URL", "smtp://user:hidden@", MAIL),
    ("EMAIL_URL", "smtp+tls://user:hidden@host:port", MAIL),
    ("DEFAULT_FROM_EMAIL", "Letters", "DEFAULT_FROM_EMAIL must be a mailbox such as letters@example.org."),
    ("LANGUAGE_CODE", "de", "LANGUAGE_CODE must be one of en, fr, es, ar, ru, zh-hans."),
    ("OUTBOX_LEASE_SECONDS", "0", "OUTBOX_LEASE_SECONDS must be a whole number, at least 1."),
    ("CONFIRM_MAILS_AN_HOUR", "0", "CONFIRM_MAILS_AN_HOUR must be a whole number, at least 1."),
    ("TRUSTED_PROXIES", "all", PROXIES),
    ("TRUSTED_PROXIES", "10.0.0.1/8", PROXIES),
    ("TRUSTED_PROXIES", "::/0", PROXIES),
    ("TRUSTED_PROXIES", "0.0.0.0/0", PROXIES),
    ("TRUSTED_PROXIES", "203.0.113.7;203.0.113.8", PROXIES),
    ("LIMIT_NETWORK", "many", "LIMIT_NETWORK must be like 60/10minutes;300/day."),
    ("LIMIT_NETWORK", "0/day", "LIMIT_NETWORK must be like 60/10minutes;300/day."),
    ("LIMIT_CAMPAIGN", "300 an hour", "LIMIT_CAMPAIGN must be like 300/minute;3000/hour."),
    ("OUTBOX_LEASE_SECONDS", "a minute", "OUTBOX_LEASE_SECONDS must be a whole number, at least 1."),
    ("STATEMENT_TIMEOUT_SECONDS", "-1", "STATEMENT_TIMEOUT_SECONDS must be a whole number, at least 0."),
]


def test_who_is_counted_apart_gets_a_tenth_of_the_letter_unless_told_otherwise(monkeypatch):
    loaded = settings_with(monkeypatch, LIMIT_CAMPAIGN="1000/minute;7/2days", LIMIT_WITHOUT_PROOF="5/hour")

    assert loaded["LIMIT_NOWHERE"] == tuple(parse_many("100/minute;1/2days"))
    assert loaded["LIMIT_WITHOUT_PROOF"] == tuple(parse_many("5/hour"))


@pytest.mark.parametrize(("name", "value", "sentence"), NONSENSE)
def test_nonsense_is_refused_with_one_sentence_that_repeats_no_secret(name, value, sentence, monkeypatch):
    assert refusal(monkeypatch, **{name: value}) == sentence


@pytest.mark.parametrize(
    "command", [["manage.py", "migrate"], ["-m", "celery", "--app", "config", "beat", "--pidfile="]]
)
def test_every_program_ends_with_the_sentence_and_shows_no_password(command):
    done = run([sys.executable, *command], DATABASE_URL="postgresql://u:hidden@h:port/n")

    assert done.returncode == 1
    assert DATABASE in done.stderr.strip().splitlines()[-1]
    assert "hidden" not in done.stdout + done.stderr


def test_without_a_site_url_mailed_links_lead_to_the_first_host(monkeypatch):
    assert settings_with(monkeypatch, SITE_URL=None)["SITE_URL"] == "https://letters.example.org"
    assert settings_with(monkeypatch, HTTPS="0")["SITE_URL"] == "http://letters.example.org"
    assert settings_with(monkeypatch, ALLOWED_HOSTS=".example.org")["SITE_URL"] == "http://example.org"


def test_behind_a_tls_proxy_its_headers_are_believed_and_else_not(monkeypatch):
    behind = settings_with(monkeypatch)
    alone = settings_with(monkeypatch, BEHIND_TLS_PROXY="0")

    assert behind["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")
    assert ip_address("172.18.0.1") in behind["TRUSTED_PROXIES"][3]
    assert (alone["TRUSTED_PROXIES"], "SECURE_PROXY_SSL_HEADER" in alone) == ((), False)


def test_proxies_are_named_only_where_there_is_one(monkeypatch):
    named = settings_with(monkeypatch, TRUSTED_PROXIES=" 203.0.113.7 , 2001:db8::/48,")
    assert [str(each) for each in named["TRUSTED_PROXIES"]] == ["203.0.113.7/32", "2001:db8::/48"]
    assert (
        refusal(monkeypatch, BEHIND_TLS_PROXY="0", TRUSTED_PROXIES="203.0.113.7")
        == "TRUSTED_PROXIES needs BEHIND_TLS_PROXY=1: else no proxy is believed."
    )


@pytest.mark.parametrize(
    "value",
    [
        "https://letters.example.org",
        "https://letters.example.org:8443",
        "https://[::1]:8000",
        "https://LETTERS.example.org",
    ],
)
def test_a_site_url_is_a_scheme_a_host_and_perhaps_a_port(value, monkeypatch):
    monkeypatch.setenv("SITE_URL", value)

    assert environment.site_url(hosts=["letters.example.org", "[::1]"], https=True) == value


def test_a_statement_timeout_is_for_those_who_ask_for_it_and_given_options_stay(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:p%2Fw@h/n?sslmode=require&options=-c%20jit%3Doff")

    without = environment.database(connect_timeout=5, statement_timeout=0)
    with_one = environment.database(connect_timeout=5, statement_timeout=30)

    keepalives = "-c tcp_keepalives_idle=60 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3"
    assert without["PASSWORD"] == "p/w"
    assert without["OPTIONS"] == {
        "connect_timeout": 5,
        "sslmode": "require",
        "options": f"{keepalives} -c jit=off",
    }
    assert with_one["OPTIONS"]["options"] == f"{keepalives} -c statement_timeout=30s -c jit=off"


@pytest.mark.parametrize(
    ("address", "host", "port", "tls", "ssl"),
    [
        ("smtp://mail.example.org", "mail.example.org", 25, None, None),
        ("smtp+tls://mail.example.org", "mail.example.org", 587, True, None),
        ("smtp+ssl://mail.example.org", "mail.example.org", 465, None, True),
        ("smtp+tls://user:p%40ss@mail.example.org:2525", "mail.example.org", 2525, True, None),
    ],
)
def test_an_address_of_a_mail_server_says_how_to_reach_it(address, host, port, tls, ssl, monkeypatch):
    monkeypatch.setenv("EMAIL_URL", address)

    found = environment.mail()

    assert (found["EMAIL_HOST"], found["EMAIL_PORT"]) == (host, port)
    assert (found.get("EMAIL_USE_TLS"), found.get("EMAIL_USE_SSL")) == (tls, ssl)


def test_a_new_key_in_front_encrypts_and_the_old_one_still_decrypts(monkeypatch):
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    monkeypatch.setenv("FIELD_ENCRYPTION_KEYS", f"{new} , {old},")

    assert environment.encryption_keys() == [new, old]


def test_a_flag_is_what_people_write_for_yes_and_no(monkeypatch):
    for value, meaning in {
        "1": True,
        "True": True,
        "on": True,
        "0": False,
        "FALSE": False,
        "no": False,
        "": True,
    }.items():
        monkeypatch.setenv("HTTPS", value)
        assert environment.flag("HTTPS", default=True) is meaning
    monkeypatch.setenv("HTTPS", "maybe")
    with pytest.raises(ImproperlyConfigured):
        environment.flag("HTTPS", default=True)
