"""A name that staff mend: the difference is shown, the signer is told, the old value stays (M17)."""

import pytest
from django.core import mail

from signatories import moderation, register
from signatories.mail import delivery
from signatories.models import Contact, Organisation, OutboxMail, Signature
from signatories.states import EventKind, Flag, MailKind, State
from tests.builders import (
    give_evidence,
    make_campaign,
    make_manager,
    make_moderator,
    make_signature,
    make_superuser,
)
from tests.signatories.staff_pages import page, text

pytestmark = pytest.mark.django_db
TYPO, MENDED = "Example Assocation", "Example Association"


@pytest.fixture
def campaign():
    return make_campaign()


@pytest.fixture
def signature(campaign):
    return make_signature(
        campaign, name=TYPO, acronym="EA", website="https://ea.example", mailbox="jo@ea.example"
    )


def address(organisation):
    return f"/admin/signatories/organisation/{organisation.pk}/change/"


def answers(client, organisation, **changes):
    """What the form of the organisation sends, with some of it changed."""
    form = client.get(address(organisation)).context["adminform"].form
    return {name: value for name, value in form.initial.items() if value not in (None, [])} | changes


def renamings():
    """The mails that tell of a changed line, as they go out."""
    mail.outbox.clear()
    delivery.drain()
    return [each for each in mail.outbox if each.subject.startswith("A correction to your entry")]


def hidden(campaign, mode, **fields):
    """An accepted signature that the web does not show."""
    made = make_signature(campaign, state=State.CONFIRMED, publication_mode=mode, **fields)
    staff = make_superuser()
    give_evidence(made, staff)
    give_evidence(made, staff, kind="callback")
    moderation.accept(signature=made, by=staff)
    return made


def test_m17_the_difference_is_shown_before_anything_is_saved(client, campaign, signature):
    client.force_login(make_moderator(campaign))
    typed = answers(client, signature.organisation, name=MENDED)

    shown = client.post(address(signature.organisation), typed)

    assert shown.status_code == 200
    (before,), (after,) = page(shown).select("dl.difference del"), page(shown).select("dl.difference ins")
    assert (before.get_text(), after.get_text()) == (f"{TYPO} (EA) · Kenya", f"{MENDED} (EA) · Kenya")
    assert "Nothing is saved yet." in text(shown)
    assert Organisation.objects.get().name == TYPO
    assert not OutboxMail.objects.filter(kind=MailKind.RENAMED).exists()

    form = page(shown).select_one("#content form.desk-form, form.desk-form")
    sent = {each["name"]: each["value"] for each in form.select("input[type=hidden]")}
    client.post(address(signature.organisation), sent)

    assert Organisation.objects.get().name == MENDED
    assert OutboxMail.objects.filter(kind=MailKind.RENAMED).count() == 1


def test_m17_the_signer_is_told_both_lines_and_how_to_object(campaign, signature):
    delivery.drain()

    register.change_organisation(signature.organisation, by=make_superuser(), name=MENDED)

    (message,) = renamings()
    assert message.to == ["jo@ea.example"]
    assert message.subject == f"A correction to your entry ({signature.reference})"
    assert f"Before:\n\n  {TYPO} (EA) · Kenya\n\nNow:\n\n  {MENDED} (EA) · Kenya\n" in message.body
    assert "please write to the host and give the reference" in message.body
    assert "host@host.example" in message.body


def test_m17_the_old_name_stays_in_the_trail_and_among_the_other_names(client, campaign, signature):
    moderator = make_moderator(campaign)

    register.change_organisation(signature.organisation, by=moderator, name=MENDED)

    (event,) = signature.events.filter(kind=EventKind.RENAMED)
    assert event.actor == moderator
    assert event.note.text == f"Name: “{TYPO}” → “{MENDED}”\nOther names: “” → “{TYPO}”"
    assert Organisation.objects.get().aliases == [TYPO]
    client.force_login(moderator)
    for where in ("/admin/signatories/organisation/", "/admin/signatories/signature/"):
        assert MENDED in text(
            client.get(
                where, {"q": "assocation", "state": "all"} if "signature/" in where else {"q": "assocation"}
            )
        )
    assert TYPO not in client.get("/en/letter-a/").content.decode()


def test_a_name_that_comes_back_is_no_other_name_of_itself(signature):
    register.change_organisation(signature.organisation, by=make_superuser(), name=MENDED)
    register.change_organisation(signature.organisation, by=make_superuser(), name=TYPO)

    assert Organisation.objects.get().aliases == [MENDED]


def test_a_name_that_is_only_spaced_anew_leaves_no_other_name(signature):
    register.change_organisation(signature.organisation, by=make_superuser(), name="EXAMPLE Assocation")

    assert Organisation.objects.get().aliases == []
    assert len(renamings()) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"website": "https://new.example"},
        {"name_en": "X"},
        {"sort_name": "X"},
        {"org_type": "union"},
        {"aliases": ["X"]},
    ],
)
def test_nobody_is_told_of_what_is_not_printed(client, campaign, signature, change):
    client.force_login(make_moderator(campaign))

    typed = answers(
        client,
        signature.organisation,
        **{name: value[0] if isinstance(value, list) else value for name, value in change.items()},
    )
    done = client.post(address(signature.organisation), typed)

    assert done.status_code == 302
    assert renamings() == []
    assert signature.events.filter(kind=EventKind.RENAMED).count() == 0
    assert signature.events.last().kind == EventKind.NOTE


@pytest.mark.parametrize(
    "change",
    [{"native_name": "Mfano"}, {"acronym": ""}, {"country_code": "MW"}, {"country_label": "Elsewhere"}],
)
def test_whatever_is_printed_counts(signature, change):
    register.change_organisation(signature.organisation, by=make_superuser(), **change)

    assert len(renamings()) == 1
    assert signature.events.last().kind == EventKind.RENAMED


@pytest.mark.parametrize("state", [State.SUBMITTED, State.CONFIRMED, State.ON_HOLD, State.REJECTED])
def test_whoever_was_not_accepted_is_not_told(campaign, state):
    signature = make_signature(campaign, state=state, name=TYPO)

    register.change_organisation(signature.organisation, by=make_superuser(), name=MENDED)

    assert renamings() == []
    assert signature.events.last().kind == EventKind.NOTE


def test_of_a_withheld_name_nothing_is_printed_so_nobody_is_mailed(client, campaign):
    signature = hidden(campaign, "withheld", name=TYPO)
    client.force_login(make_moderator(campaign))

    done = client.post(address(signature.organisation), answers(client, signature.organisation, name=MENDED))

    assert done.status_code == 302
    assert Organisation.objects.get().name == MENDED
    assert renamings() == []
    assert signature.events.last().kind == EventKind.NOTE


def test_a_name_in_the_annex_is_printed_too(campaign):
    signature = hidden(campaign, "addressee_only", name=TYPO)

    register.change_organisation(signature.organisation, by=make_superuser(), name=MENDED)

    assert renamings() == []  # it goes in the form that tells nothing
    message = mail.outbox[-1]
    assert "A detail of your entry was corrected" in message.body
    assert MENDED not in message.subject + message.body
    assert signature.events.last().kind == EventKind.RENAMED


def test_each_accepted_signature_is_told_in_its_own_language(campaign):
    first = make_signature(campaign, name=TYPO, language="fr")
    second = make_signature(make_campaign("letter-b"), language="es")
    Signature.objects.filter(pk=second.pk).update(organisation=first.organisation)

    register.change_organisation(first.organisation, by=make_superuser(), name=MENDED)

    mails = OutboxMail.objects.filter(kind=MailKind.RENAMED).order_by("signature_id")
    assert [(each.signature_id, each.language) for each in mails] == [(first.pk, "fr"), (second.pk, "es")]


def test_an_erased_contact_is_no_hindrance(signature):
    Contact.objects.update(mailbox=None, name=None)

    register.change_organisation(signature.organisation, by=make_superuser(), name=MENDED)

    assert renamings() == []
    assert signature.events.last().kind == EventKind.RENAMED


def test_who_saw_another_difference_is_shown_this_one_first(client, campaign, signature):
    client.force_login(make_moderator(campaign))
    typed = answers(client, signature.organisation, name=MENDED)
    seen = page(client.post(address(signature.organisation), typed)).select_one("input[name=seen]")["value"]
    register.change_organisation(signature.organisation, by=make_superuser(), acronym="EXA")

    again = client.post(address(signature.organisation), typed | {"seen": seen})
    forged = client.post(address(signature.organisation), typed | {"seen": "yes"})

    assert page(again).select_one("dl.difference del").get_text() == f"{TYPO} (EXA) · Kenya"
    assert page(forged).select_one("input[name=seen]") is not None
    assert Organisation.objects.get().name == TYPO


def test_what_was_typed_is_text_on_the_page_that_shows_the_difference(client, campaign, signature):
    client.force_login(make_moderator(campaign))
    hostile = "<script>alert(1)</script> Society"

    shown = client.post(
        address(signature.organisation), answers(client, signature.organisation, name=hostile)
    )

    assert "<script>alert" not in shown.content.decode()
    assert hostile in page(shown).select_one("dl.difference ins").get_text()


def test_nobody_without_the_right_is_shown_a_difference(client, campaign, signature):
    typed = {"name": MENDED, "country_code": "KE", "org_type": "ngo"}
    client.force_login(make_manager(campaign))
    as_manager = client.post(address(signature.organisation), typed)
    client.force_login(make_moderator(make_campaign("letter-b"), username="other"))
    as_other = client.post(address(signature.organisation), typed)

    assert (as_manager.status_code, as_other.status_code) == (403, 404)
    assert TYPO not in as_other.content.decode()
    assert Organisation.objects.get().name == TYPO


# --- flags ------------------------------------------------------------------------------------------------


def flags_of(signature):
    return Signature.objects.get(pk=signature.pk).flags


def test_flags_that_an_edit_settles_are_gone_and_new_ones_are_raised(campaign):
    make_signature(campaign, name="Example Lantern Trust", website="https://lantern.example")
    signature = make_signature(
        campaign,
        state=State.CONFIRMED,
        name="=Example Lаntern Trust",  # with a Cyrillic letter
        website="",
        mailbox="jo@gmail.com",
    )
    assert set(flags_of(signature)) >= {Flag.FREE_MAIL, Flag.NO_WEBSITE, Flag.FORMULA, Flag.MIXED_SCRIPTS}

    register.change_organisation(
        signature.organisation,
        by=make_superuser(),
        name="Example Harbour Choir",
        website="https://choir.example",
    )
    assert flags_of(signature) == [Flag.FREE_MAIL, Flag.DOMAIN_DIFFERS]

    register.change_organisation(signature.organisation, by=make_superuser(), name="Example Lantern Trust")
    assert Flag.LOOK_ALIKE in flags_of(signature)


def test_a_person_called_like_the_organisation_is_found_by_an_edit_as_well(campaign):
    signature = make_signature(campaign, state=State.CONFIRMED, contact_name="Jo Example")

    register.change_organisation(signature.organisation, by=make_superuser(), name="Jo Example")

    assert Flag.PERSON in flags_of(signature)


def test_how_a_form_came_in_and_what_others_said_stays(campaign):
    signature = make_signature(campaign, state=State.CONFIRMED)
    lasting = [Flag.TOO_FAST, Flag.SAME_NETWORK, Flag.DISPUTED]
    Signature.objects.filter(pk=signature.pk).update(flags=[Flag.NO_WEBSITE, *lasting])

    register.change_organisation(signature.organisation, by=make_superuser(), acronym="XY")

    assert flags_of(signature) == lasting


def test_of_an_erased_contact_the_flags_stay(campaign):
    signature = make_signature(campaign, state=State.CONFIRMED, mailbox="jo@gmail.com", website="")
    Contact.objects.update(mailbox=None, name=None)

    register.change_organisation(signature.organisation, by=make_superuser(), website="https://new.example")

    assert flags_of(signature) == [Flag.FREE_MAIL]


def test_the_register_is_not_asked_before_the_mailbox_is_proven(campaign):
    make_signature(campaign, name="Example Lantern Trust", website="https://lantern.example")
    signature = make_signature(campaign, state=State.SUBMITTED)

    register.change_organisation(signature.organisation, by=make_superuser(), name="Example Lantern Trust")

    assert flags_of(signature) == []


def test_what_a_merge_brought_in_outlives_an_edit(campaign):
    survivor = make_signature(campaign, state=State.CONFIRMED, website="https://one.example")
    other = make_signature(campaign, state=State.CONFIRMED, website="https://one.example")
    Signature.objects.filter(pk=other.pk).update(flags=[Flag.FAMOUS])
    other.refresh_from_db()
    moderation.merge(survivor=survivor, merged=other, by=make_superuser(), name=survivor)
    assert Flag.FAMOUS in flags_of(survivor)

    register.change_organisation(survivor.organisation, by=make_superuser(), acronym="XY")

    assert Flag.FAMOUS in flags_of(survivor)
