"""Addresses of the signer's way; included under the language prefix."""

from django.urls import path

from signatories.states import LinkPurpose
from signatories.views import (
    answering,
    beside_confirming,
    confirming,
    disputing,
    mail,
    managing,
    managing_acts,
    managing_fresh,
    signing,
    vouching,
)

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
    path("manage/", managing.own_page, name="own_page"),
    path("manage/link/", managing.mail_link, name="page_link"),
    path("manage/link/sent/", managing.link_sent, name="page_link_sent"),
    path("manage/leave/", managing.leave_page, name="leave_page"),
    path("manage/hide/", managing_acts.hide, name="hide"),
    path("manage/publish/", managing_acts.publish, name="ask_publish"),
    path("manage/publish/stop/", managing_acts.stop_publishing, name="stop_publishing"),
    path("manage/news/", managing_acts.change_news, name="change_news"),
    path("manage/name/", managing_acts.change_name, name="change_name"),
    path("manage/contact/", managing_acts.change_contact, name="ask_contact"),
    path("manage/ask/", managing_acts.ask, name="ask_fresh"),
    path("manage/<str:token>/", managing.open_page, name="manage"),
    path("publish/", managing_fresh.confirm_publish, name="publish_now"),
    path("publish/<str:token>/", managing_fresh.opens(LinkPurpose.PUBLISH), name="publish"),
    path("download/", managing_fresh.download, name="download_now"),
    path("download/<str:token>/", managing_fresh.opens(LinkPurpose.DOWNLOAD), name="download"),
    path("change-contact/", managing_fresh.confirm_contact, name="change_contact_now"),
    path(
        "change-contact/<str:token>/", managing_fresh.opens(LinkPurpose.CHANGE_CONTACT), name="change_contact"
    ),
    path("new-contact/", managing_fresh.new_contact, name="new_contact_now"),
    path("new-contact/<str:token>/", managing_fresh.opens(LinkPurpose.NEW_CONTACT), name="new_contact"),
    path("withdraw/", managing_fresh.withdraw, name="withdraw_now"),
    path("withdraw/<str:token>/", managing_fresh.opens(LinkPurpose.WITHDRAW), name="withdraw"),
    path("erase/", managing_fresh.erase, name="erase_now"),
    path("erase/<str:token>/", managing_fresh.opens(LinkPurpose.ERASE), name="erase"),
    path("<slug:slug>/sign/", signing.form, name="sign"),
    path("<slug:slug>/sign/change/", signing.change, name="change"),
    path("<slug:slug>/sign/send/", signing.send, name="send"),
    path("<slug:slug>/sign/sent/", mail.sent, name="sent"),
    path("<slug:slug>/sign/again/", mail.send_again, name="again"),
    path("<slug:slug>/dispute/sent/", disputing.sent, name="dispute_sent"),
    path("<slug:slug>/dispute/<uuid:public_id>/", disputing.form, name="dispute"),
]
