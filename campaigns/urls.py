"""Addresses of what everybody reads; included under the language prefix."""

from django.urls import path

from campaigns.views import copies, updates
from campaigns.views.by_day import by_day
from campaigns.views.embed import embed, share
from campaigns.views.letter import index, letter
from campaigns.views.marks import mark
from campaigns.views.signatories import signatories

app_name = "campaigns"
urlpatterns = [
    path("", index, name="index"),
    path("<slug:slug>/", letter, name="letter"),
    path("<slug:slug>/signatories/", signatories, name="signatories"),
    path("<slug:slug>/by-day/", by_day, name="by_day"),
    path("<slug:slug>/updates/", updates.updates, name="updates"),
    path("<slug:slug>/updates/feed/", updates.feed, name="feed"),
    path("<slug:slug>/deadline.ics", updates.deadline, name="deadline"),
    path("<slug:slug>/letter.pdf", copies.pdf, name="pdf"),
    path("<slug:slug>/card.png", copies.card, name="card"),
    path("<slug:slug>/mark-<slug:digest>.png", mark, name="mark"),
    path("<slug:slug>/qr.svg", copies.qr, {"kind": "svg"}, name="qr"),
    path("<slug:slug>/qr.png", copies.qr, {"kind": "png"}, name="qr_png"),
    path("<slug:slug>/share/", share, name="share"),
    path("<slug:slug>/embed/", embed, name="embed"),
]
