"""The web process: Django (which serves the static files through whitenoise), and around it the page cache.

`granian --interface wsgi config.wsgi:application` runs it; how many workers and threads is in docs/settings.md.
"""

import os
from importlib import import_module

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application
from django.http.request import split_domain_port, validate_host

from config import garbage
from config.pagecache import PageCache
from config.proxies import comes_by_proxy

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def host_is_valid(host: str) -> bool:
    """The same judgement as Django's, which every kept page has already passed."""
    domain, _ = split_domain_port(host)
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)


django_application = get_wsgi_application()
if settings.USE_X_FORWARDED_HOST:
    raise ImproperlyConfigured("Pages are kept by their Host header: let the proxy pass that on instead.")

application = PageCache(
    django_application,
    host_is_valid=host_is_valid,
    https_header=settings.SECURE_PROXY_SSL_HEADER,
    is_believed=comes_by_proxy,
)

import_module(settings.ROOT_URLCONF)  # and with it every view, before the first request and not in it
garbage.look_less_often()
