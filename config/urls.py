"""Addresses of the site. Those of product.md, "The public surface", are fixed."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from campaigns.views.copies import badge
from campaigns.views.letter import count, home
from campaigns.views.operations import healthz, robots, security
from campaigns.views.sitemap import sitemap
from signatories.views.files import public_csv

urlpatterns = [
    path("", home, name="home"),
    path("healthz", healthz, name="healthz"),
    path("robots.txt", robots, name="robots"),
    path("sitemap.xml", sitemap, name="sitemap"),
    path(".well-known/security.txt", security, name="security"),
    path("admin/", admin.site.urls),
    path("api/v1/", include("campaigns.api.urls")),
    path("staff/", include("signatories.desk.urls")),
    # What everybody reads without words has no language in its address.
    path("<slug:slug>/count.json", count, name="count"),
    path("<slug:slug>/badge.svg", badge, name="badge"),
    path("<slug:slug>/signatories.csv", public_csv, name="public_csv"),
    *i18n_patterns(
        path("", include("signatories.urls")),
        path("", include("campaigns.urls")),
    ),
]
