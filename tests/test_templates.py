"""What the templates promise by themselves: headline, moments, languages, the form's markup, mails, pages for bad days."""

import re
from collections import namedtuple
from datetime import UTC, datetime
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from crispy_forms.templatetags.crispy_forms_filters import as_crispy_form
from django import forms
from django.conf import settings
from django.core.mail import EmailMessage
from django.template import Context, Template
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory
from django.utils import timezone, translation

from campaigns.choices import Role
from campaigns.templatetags import counting, languages, moments
from signatories import answering, moderation, register, tokens
from signatories.mail import discreet, emails, managers
from signatories.managing import contacts, fresh, leaving, names, opening
from signatories.models import ExportLog, ModeChange, OutboxMail, Signature
from signatories.states import LinkPurpose, MailKind, Reason, State
from tests.builders import (
    make_campaign,
    make_dispute,
    make_moderator,
    make_signature,
    make_superuser,
    make_user,
)

Tally = namedtuple("Tally", "count named countries")
TEMPLATES = Path(settings.BASE_DIR) / "templates"


@pytest.fixture(autouse=True)
def in_english():
    """Whatever language the page of an earlier test has left behind."""
    with translation.override("en"):
        yield


def text_of(html):
    return " ".join(BeautifulSoup(html, "html.parser").get_text(" ").split())


# --- the headline ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tally", "words"),
    [
        (Tally(0, 0, 0), "No organisation is listed yet"),
        (Tally(1, 1, 1), "1 organisation from 1 country or territory"),
        (Tally(81, 81, 41), "81 organisations from 41 countries and territories"),
        (Tally(81, 80, 41), "81 organisations, of which 80 are named, from 41 countries and territories"),
        (Tally(2, 1, 1), "2 organisations, of which 1 is named, from 1 country or territory"),
        (Tally(3, 0, 0), "3 organisations, whose names are not published"),
        (Tally(12345, 12345, 190), "12,345 organisations from 190 countries and territories"),
    ],
)
def test_the_headline_prints_the_truth(tally, words):
    assert re.sub("<.*?>", "", counting.headline(tally)) == words


def test_the_script_gets_the_sentences_that_the_server_uses():
    words = BeautifulSoup(f'<p data-words="{counting.headline_words()}">', "html.parser").p["data-words"]

    assert '"one":"{n} organisation"' in words
    assert '"all":"{organisations} from {countries}"' in words


# --- moments ---------------------------------------------------------------------------------------------


def test_a_deadline_is_told_in_the_zone_of_the_campaign_and_in_utc():
    noon = datetime(2026, 9, 30, 10, 0, tzinfo=UTC)

    assert moments.in_both_zones(noon, "Europe/Zurich") == (
        '<time datetime="2026-09-30T10:00:00Z" data-ahead="120" data-own="{time} in your time zone">'
        "30 September 2026, 12:00 (Europe/Zurich) = 10:00 UTC</time>"
    )


def test_the_day_in_utc_is_named_where_it_is_another_one():
    late = datetime(2026, 9, 30, 20, 30, tzinfo=UTC)

    assert "1 October 2026, 05:30 (Asia/Tokyo) = 30 September 2026, 20:30 UTC" in moments.in_both_zones(
        late, "Asia/Tokyo"
    )


def test_a_zone_behind_utc_is_ahead_of_it_by_less_than_nothing():
    noon = datetime(2026, 9, 30, 12, 0, tzinfo=UTC)

    assert 'data-ahead="-150"' in moments.in_both_zones(noon, "America/St_Johns")


def test_a_campaign_that_counts_in_utc_is_told_once():
    noon = datetime(2026, 9, 30, 12, 0, tzinfo=UTC)

    assert moments.in_both_zones(noon, "UTC") == (
        '<time datetime="2026-09-30T12:00:00Z" data-ahead="0" data-own="{time} in your time zone">'
        "30 September 2026, 12:00 UTC</time>"
    )


# --- languages -------------------------------------------------------------------------------------------


def links_of(path):
    request = RequestFactory().get(path)
    with translation.override(translation.get_language_from_path(path) or "en"):
        return {link.code: link.address for link in languages.language_links(Context({"request": request}))}


def test_the_same_page_is_one_link_away_in_each_language():
    assert links_of("/en/hrd-agenda/signatories/?after=abc") == {
        code: f"/{code}/hrd-agenda/signatories/?after=abc" for code, _name in settings.LANGUAGES
    }


def test_pages_without_a_language_in_their_address_offer_none():
    assert links_of("/staff/login/") == {}


def test_a_text_in_another_language_says_so():
    assert languages.in_language("en") == ""
    assert languages.in_language("ar") == ' lang="ar" dir="rtl"'
    with translation.override("ar"):
        assert languages.in_language("en") == ' lang="en" dir="ltr"'


@pytest.mark.django_db
def test_arabic_pages_run_from_right_to_left(client):
    make_campaign("hrd-agenda")

    page = BeautifulSoup(client.get("/ar/hrd-agenda/").content, "html.parser")

    assert (page.html["lang"], page.html["dir"]) == ("ar", "rtl")
    title = page.select_one("h1")
    assert (title["lang"], title["dir"]) == ("en", "ltr")


# --- the form's markup -----------------------------------------------------------------------------------


class Sample(forms.Form):
    name = forms.CharField(
        label="Name", help_text="As printed.", widget=forms.TextInput({"autocomplete": "name"})
    )
    note = forms.CharField(label="Note", required=False)
    mode = forms.ChoiceField(label="Mode", choices=[("a", "Alpha"), ("b", "Beta")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(label="I agree")
    trap = forms.CharField(label="Leave empty", required=False, widget=forms.TextInput({"tabindex": "-1"}))
    seal = forms.CharField(required=False, widget=forms.HiddenInput)


def shown(data=None):
    return BeautifulSoup(as_crispy_form(Sample(data)), "html.parser")


def test_a_field_has_label_help_and_says_that_it_is_required():
    page = shown()

    assert text_of(str(page.select_one("label[for=id_name]"))) == "Name (required)"
    assert text_of(str(page.select_one("label[for=id_note]"))) == "Note"
    field = page.select_one("#id_name")
    assert (field["aria-describedby"], field["autocomplete"]) == ("id_name_helptext", "name")
    assert page.select_one("#id_name_helptext").text == "As printed."
    assert page.select_one(".error-summary") is None


def test_an_error_stands_on_top_with_a_link_and_at_its_field():
    page = shown({"note": "x"})

    summary = page.select_one(".error-summary")
    assert summary["role"] == "alert"
    assert [link["href"] for link in summary.select("a")] == ["#id_name", "#id_mode", "#id_agreed"]
    assert all(page.select_one(link["href"]) for link in summary.select("a"))
    field = page.select_one("#id_name")
    assert (field["aria-invalid"], field["aria-describedby"]) == ("true", "id_name_helptext id_name_error")
    assert page.select_one("#id_name_error").text == "This field is required."
    assert page.select_one("fieldset#id_mode")["aria-describedby"] == "id_mode_error"


def test_choices_are_a_group_with_a_name():
    group = shown().select_one("fieldset#id_mode")

    assert text_of(str(group.legend)) == "Mode (required)"
    assert [text_of(str(label)) for label in group.select("label")] == ["Alpha", "Beta"]


def test_a_field_for_robots_is_kept_from_people_until_it_is_filled():
    assert shown().select_one("#id_trap").parent["aria-hidden"] == "true"


def test_what_was_typed_is_text_wherever_it_comes_back():
    hostile = '"><script>alert(1)</script>'

    page = shown({"name": hostile, "note": hostile, "mode": hostile, "trap": hostile, "seal": hostile})

    assert page.select("script") == []
    assert page.select_one("#id_name")["value"] == hostile


# --- mails -----------------------------------------------------------------------------------------------


# The others are discreet whatever they are about, with templates of their own (`mail.test_discreet`).
WRITTEN = [kind.value for kind in MailKind if kind not in discreet.ALWAYS]


@pytest.fixture
def mails(db):
    """One mail of each kind, as it would be sent, about an organisation with an awkward name."""
    campaign = make_campaign("hrd-agenda", title="Defenders & the <agenda>")
    name = "Example <b>Lantern</b> & Trust"
    referrer = make_signature(campaign, name="Signatory")
    accepted = make_signature(campaign, name=name)
    register.change_organisation(accepted.organisation, by=make_superuser(), acronym="EL<b>T")
    rejected = make_signature(campaign, name=name, state=State.REJECTED)
    rejected.links.filter(purpose="appeal").update(digest=tokens.digest("appeal"))
    answering.appeal(token="appeal", words="Please look again.")
    moderation.turn_down_appeal(signature=rejected, by=make_moderator(campaign, username="second"))
    held = make_signature(campaign, name=name, state=State.CONFIRMED, website="https://held.example")
    moderation.ask(signature=held, by=make_superuser(), words="Who decided\nto <sign> & when?")
    disputed = make_dispute(Signature.objects.public().get(organisation__name=name))
    moderation.turn_down_disputes(
        signature=disputed.signature, disputes=[disputed.pk], by=make_superuser(), note="They know."
    )
    moderation.ask_to_vouch(signature=held, referrer=referrer, by=make_superuser(), signer_agreed=True)
    accepted.refresh_from_db()
    make_user(email="manager@host.example", roles=[(campaign, Role.MANAGER)])
    moderation.revoke(signature=accepted, by=make_superuser(), reason=Reason.ABUSE)
    survivor = make_signature(campaign, name=name, state=State.CONFIRMED, website="https://first.example")
    moderation.merge(
        survivor=survivor,
        merged=Signature.objects.get(pk=held.pk),
        by=make_superuser(),
        name=survivor,
        contact_agreed=True,
    )
    other = make_campaign("other", title="Defenders & the <agenda>")
    managed(make_signature(other, name=name, website="https://managed.example", state=State.CONFIRMED))
    now = timezone.now()
    managers.warn_of_purge(campaign, due_at=now, contacts=3, now=now)
    managers.tell_of_export(an_export(campaign), make_user("exporting"))
    return {mail.kind: emails.render(mail) for mail in OutboxMail.objects.order_by("pk")}


def an_export(campaign):
    return ExportLog.objects.create(
        campaign=campaign,
        exported_by=make_superuser(),
        export_set="manage",
        row_count=3,
        exported_at=timezone.now(),
    )


def managed(signature):
    """What the own page of `signature` mails, from the first link to the last mail."""
    by, contact = make_superuser(), signature.contacts.get()
    for kind in ("known", "callback"):
        moderation.add_evidence(signature=signature, by=by, kind=kind)
    moderation.accept(signature=signature, by=by)
    opening.send_link(mailbox=contact.mailbox)
    names.ask_for_name(contact=contact, wish=names.Wish(name=f"{signature.organisation.name}s"))
    moderation.refuse_name(signature=signature, wish=signature.name_changes.get().pk, by=by)
    asked = ModeChange.objects.create(
        signature=signature, to_mode="public", asked_at=timezone.now(), confirmed_at=timezone.now()
    )
    moderation.check_publicity(
        signature=signature, wish=asked.pk, kind="callback", by=by, note="Rang the office."
    )
    new = contacts.NewContact(name="N", role="R", mailbox="new@new.example")
    contacts.ask_for_contact(contact=contact, new=new)
    contacts.confirm_from_old(digest=digest_of(signature, "change_contact"))
    contact = contacts.accept_from_new(digest=digest_of(signature, "new_contact"))
    fresh.ask_for(contact=contact, purpose=LinkPurpose.WITHDRAW)
    leaving.withdraw(digest=digest_of(signature, "withdraw"))
    fresh.ask_for(contact=contact, purpose=LinkPurpose.ERASE)
    OutboxMail.objects.filter(signature=signature).update(state="sent")
    kept = list(OutboxMail.objects.filter(signature=signature).values("pk", "recipient", "context"))
    leaving.erase(digest=digest_of(signature, "erase"))
    OutboxMail.objects.bulk_update([OutboxMail(**row) for row in kept], ["recipient", "context"])


def digest_of(signature, purpose):
    return signature.links.filter(purpose=purpose).latest("pk").digest


def html_of(message: EmailMessage):
    ((html, _type),) = message.alternatives
    return BeautifulSoup(html, "html.parser")


def test_every_kind_of_mail_is_written(mails):
    assert set(mails) == set(WRITTEN)
    for kind in WRITTEN:
        for part in ("subject.txt", "body.txt", "body.html"):
            get_template(f"emails/{kind}/{part}")


# What stands in the subject is read over shoulders and on locked screens: these two are as old as the form.
NAMED_IN_SUBJECT = {MailKind.CONFIRM, MailKind.ACCEPTED}
WITHOUT_LINK = {
    MailKind.APPEAL_REFUSED,
    MailKind.RENAMED,
    MailKind.SECOND_CONTACT,
    MailKind.CONTACT_CHANGED,
    MailKind.NAME_DECIDED,
    MailKind.WITHDRAWN,
    MailKind.ERASED,
}
# To the letter, and to the signer's own page.
TWO_LINKS = {MailKind.ACCEPTED}
# To managers about a letter as a whole.
ABOUT_A_LETTER = {MailKind.PURGE_WARNING, MailKind.EXPORTED}
# What is mailed about the own page names neither organisation nor letter, to nobody.
NAMES_NOTHING = {
    MailKind.MANAGE,
    MailKind.FRESH,
    MailKind.NEW_CONTACT,
    MailKind.CONTACT_CHANGED,
    MailKind.PUBLISHING,
    MailKind.NAME_DECIDED,
    MailKind.WITHDRAWN,
    MailKind.ERASED,
}


@pytest.mark.parametrize("kind", WRITTEN)
def test_a_mail_is_plain_short_and_loads_nothing(mails, kind):
    message = mails[kind]
    html = html_of(message)

    assert "\n" not in message.subject
    assert ("Defenders & the <agenda>" in message.subject) == (kind in NAMED_IN_SUBJECT)
    assert "Lantern" not in message.subject
    for words in (" ".join(message.body.split()), text_of(str(html))):
        assert ("Defenders & the <agenda>" in words) == (kind not in NAMES_NOTHING)
        assert ("Example <b>Lantern</b> & Trust" in words) == (kind not in NAMES_NOTHING | ABOUT_A_LETTER)
    # A paragraph is one line, for the reader's screen to break; RFC 5322 allows 998 octets.
    assert all(len(line.encode()) <= 998 for line in message.body.splitlines())
    assert all(line == line.rstrip() for line in message.body.splitlines())
    assert "\n\n\n" not in message.body
    assert html.select("img, script, link, [style], [src], iframe, form") == []
    assert (html.html["lang"], html.html["dir"]) == ("en", "ltr")
    assert "url(" not in str(html)
    assert len(message.body) < 1_500


@pytest.mark.parametrize("kind", WRITTEN)
def test_text_and_html_of_a_mail_hold_the_same_links(mails, kind):
    message = mails[kind]
    in_text = re.findall(r"https?://\S+", message.body)

    assert [link["href"] for link in html_of(message).select("a")] == in_text
    assert len(in_text) == (0 if kind in WITHOUT_LINK else 2 if kind in TWO_LINKS else 1)


def test_the_mail_that_asks_to_confirm_says_what_to_do_if_one_did_not_ask(mails):
    words = " ".join(mails[MailKind.CONFIRM].body.split())

    assert "/en/confirm/" in words
    assert "If you did not ask for this mail, do nothing, or say so on the page" in words
    reference = re.search(r"Reference: (\w{4}) ", words)[1]
    assert f"({reference})" in mails[MailKind.CONFIRM].subject


def test_a_rejection_gives_no_reason_and_no_note(mails):
    words = f"{mails[MailKind.REJECTED].body} {html_of(mails[MailKind.REJECTED])}".lower()

    for reason in ("evidence", "impersonation", "abuse", "duplicate", "scope", "reject"):
        assert reason not in words


def test_a_mail_in_arabic_runs_from_right_to_left(db):
    campaign = make_campaign("hrd-agenda")
    make_signature(campaign, state=State.SUBMITTED, language="ar")

    html = html_of(emails.render(OutboxMail.objects.get()))

    assert (html.html["lang"], html.html["dir"]) == ("ar", "rtl")
    assert "/ar/confirm/" in html.a["href"]


# --- pages for bad days ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["400.html", "500.html"])
def test_the_pages_for_errors_need_neither_request_nor_context(name):
    page = BeautifulSoup(render_to_string(name), "html.parser")

    assert page.h1.text
    assert page.html["lang"] == "en"
    for link in page.select("link[rel=stylesheet]"):
        assert (Path(settings.BASE_DIR) / link["href"].lstrip("/")).is_file()


@pytest.mark.parametrize("name", ["403.html", "403_csrf.html", "404.html"])
def test_the_pages_for_refusals_offer_a_way_on(rf, name):
    page = BeautifulSoup(render_to_string(name, request=rf.get("/en/nothing/")), "html.parser")

    assert len(page.select("h1")) == 1
    assert [link.text for link in page.select(".languages a")][:3] == ["English", "Français", "Español"]


# --- the content policy ----------------------------------------------------------------------------------


def test_no_page_holds_style_or_script_of_its_own():
    pages = [page for page in TEMPLATES.rglob("*.html") if "emails" not in page.parts]
    offending = [
        str(page.relative_to(TEMPLATES))
        for page in pages
        if re.search(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son\w+=", page.read_text())
    ]
    assert offending == []


def test_a_line_is_printed_with_its_languages_marked():
    line = {
        "name": "Example & Co",
        "acronym": "EC",
        "native_name": "نموذج",
        "native_language": "ar",
        "country": "Kenya",
    }

    html = Template("{% include 'campaigns/line.html' %}").render(Context({"line": line}))

    assert html == (
        '<span class="name" dir="auto">Example &amp; Co (<bdi>EC</bdi>)</span> '
        '<bdi class="native" dir="auto" lang="ar">نموذج</bdi> <span class="country">Kenya</span>\n'
    )
