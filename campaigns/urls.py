"""Addresses of what everybody reads; included under the language prefix."""

from django.urls import path

from campaigns.views.letter import index, letter
from campaigns.views.signatories import signatories

app_name = "campaigns"
urlpatterns = [
    path("", index, name="index"),
    path("<slug:slug>/", letter, name="letter"),
    path("<slug:slug>/signatories/", signatories, name="signatories"),
]
