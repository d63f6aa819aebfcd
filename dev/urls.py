"""The demo's addresses: the site's own and the pages that show its mail."""

from django.urls import re_path

from config.urls import *  # noqa: F403  the error pages (handler404 …) come along
from config.urls import urlpatterns as site
from dev import mail

urlpatterns = [
    re_path(r"^dev/mail/$", mail.mail_list, name="dev_mail_list"),
    re_path(rf"^dev/mail/(?P<name>{mail.NAME})/$", mail.mail_detail, name="dev_mail_detail"),
    re_path(rf"^dev/mail/(?P<name>{mail.NAME})/html/$", mail.mail_html, name="dev_mail_html"),
    *site,
]
