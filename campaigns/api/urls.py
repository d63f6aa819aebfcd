"""Addresses under api/v1/."""

from django.urls import path

from campaigns.api import views

# `str`, not `slug`: a program that asks for nonsense gets its answer in JSON, too.
app_name = "api"
urlpatterns = [
    path("openapi.json", views.openapi, name="openapi"),
    path("campaigns/", views.campaigns, name="campaigns"),
    path("campaigns/<str:slug>/", views.campaign, name="campaign"),
    path("campaigns/<str:slug>/signatories/", views.signatories, name="signatories"),
    path("campaigns/<str:slug>/updates/", views.updates, name="updates"),
]
