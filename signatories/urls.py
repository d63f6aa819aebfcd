"""Addresses of the signer's way; included under the language prefix."""

from django.urls import path

from signatories.views import answering, beside_confirming, confirming, disputing, mail, signing, vouching

app_name = "signatories"
urlpatterns = [
    path("confirm/<str:token>/", confirming.confirm, name="confirm"),
    path("confirm/<str:token>/not-me/", beside_confirming.not_me, name="not_me"),
    path("confirm/<str:token>/mail-again/", beside_confirming.take_mail_again, name="take_mail_again"),
    path("confirm/<str:token>/new-link/", beside_confirming.new_link, name="new_link"),
    path("answer/<str:token>/", answering.answer, name="answer"),
    path("appeal/<str:token>/", answering.appeal, name="appeal"),
    path("dispute/<str:token>/", disputing.confirm, name="confirm_dispute"),
    path("vouch/<str:token>/", vouching.vouch, name="vouch"),
    path("vouch/<str:token>/take-back/", vouching.take_back, name="take_back_vouch"),
    path("<slug:slug>/sign/", signing.form, name="sign"),
    path("<slug:slug>/sign/change/", signing.change, name="change"),
    path("<slug:slug>/sign/send/", signing.send, name="send"),
    path("<slug:slug>/sign/sent/", mail.sent, name="sent"),
    path("<slug:slug>/sign/again/", mail.send_again, name="again"),
    path("<slug:slug>/dispute/sent/", disputing.sent, name="dispute_sent"),
    path("<slug:slug>/dispute/<uuid:public_id>/", disputing.form, name="dispute"),
]
