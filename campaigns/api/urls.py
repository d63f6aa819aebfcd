"""Addresses under api/v1/."""

from django.urls import path

from campaigns.api import views

app_name = "api"
urlpatterns = [
    path("openapi.json", views.openapi, name="openapi"),
    path("campaigns/", views.campaigns, name="campaigns"),
    path("campaigns/<slug:slug>/", views.campaign, name="campaign"),
    path("campaigns/<slug:slug>/signatories/", views.signatories, name="signatories"),
    path("campaigns/<slug:slug>/updates/", views.updates, name="updates"),
]
