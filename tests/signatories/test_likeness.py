"""Who else a signature is like: sections and spellings are shown, whoever poses as another needs a second channel."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from signatories import likeness
from signatories.identity.names import match_key
from signatories.models import FamousName, Organisation, Signature
from signatories.states import Flag, Level, State
from signatories.verification import bar, flags_of_form, flags_of_register
from tests.builders import make_campaign, make_signature


@pytest.fixture
def campaign(db):
    return make_campaign("letter-a")


@pytest.fixture
def registered(campaign):
    """Makes organisations that were accepted on another letter."""
    earlier = make_campaign("letter-earlier")

    def make(name, domain, **answers):
        website, mailbox = f"https://{domain}", f"a@{domain}"
        return make_signature(earlier, name=name, website=website, mailbox=mailbox, **answers).organisation

    return make


def confirmed(campaign, name, domain, **answers):
    answers = {"website": f"https://{domain}", "mailbox": f"a@{domain}"} | answers
    return make_signature(campaign, state="confirmed", name=name, **answers)


@pytest.mark.parametrize(
    ("name", "domain"),
    [
        ("Lantern Defenders Trust", "lantern-trust.example"),  # the same name from elsewhere
        ("THE LANTERN DEFENDERS TRUST, Inc.", "lantern-trust.example"),
        ("Trust of Lantern Defenders", "lantern-trust.example"),
        ("Lanterne Defenders Trust", "lantern-trust.example"),
        ("Lаntern Defenders Trust", "lantern-trust.example"),  # with a Cyrillic а
        ("Wholly Other Words", "lanterndefender.example"),  # a domain one letter away
        ("Wholly Other Words", "1anterndefenders.example"),
    ],
)
def test_who_can_be_taken_for_a_registered_organisation_needs_a_second_channel(
    campaign, registered, name, domain
):
    lantern = registered("Lantern Defenders Trust", "lanterndefenders.example")

    signature = confirmed(campaign, name, domain)

    assert likeness.look_alikes(signature) == [lantern]
    assert Flag.LOOK_ALIKE in signature.flags
    assert bar(signature) == Level.V3


@pytest.mark.parametrize(
    ("name", "domain"),
    [
        (
            "Lantern Defenders Trust",
            "lanterndefenders.example",
        ),  # itself: a possible duplicate, no look-alike
        ("Lantern Defenders Trust", "mail.lanterndefenders.example"),
        ("Harbour Legal Aid", "harbour-aid.example"),
    ],
)
def test_itself_and_strangers_are_no_look_alikes(campaign, registered, name, domain):
    registered("Lantern Defenders Trust", "lanterndefenders.example")

    signature = confirmed(campaign, name, domain)

    assert likeness.near(signature) == []
    assert not {Flag.LOOK_ALIKE, Flag.SIMILAR} & set(signature.flags)
    assert bar(signature) == Level.V2


def test_the_numbered_branches_of_one_house_are_no_look_alikes(campaign, registered):
    registered("Workers of the Harbour", "harbour-local-1.example")

    assert not likeness.look_alikes(confirmed(campaign, "Teachers of the Valley", "harbour-local-2.example"))


@pytest.mark.parametrize(
    ("name", "answers"),
    [
        ("Lantern Defenders Trust Uganda", {}),  # a section, perhaps
        ("Young Lantern Defenders Trust", {}),
        ("LDT", {}),
        ("Fundación de Otra Cosa", {"acronym": "LDT"}),
    ],
)
def test_similar_names_are_shown_and_ask_for_nothing_more(campaign, registered, name, answers):
    lantern = registered("Lantern Defenders Trust", "lanterndefenders.example", acronym="LDT")

    signature = confirmed(campaign, name, "another-house.example", **answers)

    assert [each.organisation for each in likeness.near(signature)] == [lantern]
    assert Flag.SIMILAR in signature.flags
    assert Flag.LOOK_ALIKE not in signature.flags
    assert bar(signature) == Level.V2


def test_only_organisations_that_were_accepted_once_are_compared_with(campaign):
    make_signature(campaign, state="confirmed", name="Lantern Defenders Trust", website="https://a-b.example")

    signature = confirmed(campaign, "Lantern Defenders Trust Uganda", "c-d.example")

    assert likeness.near(signature) == []


def famous(name, domain=""):
    return FamousName.objects.create(name=name, domain=domain, match_key=match_key(name))


@pytest.mark.parametrize("name", ["The Assembly of Nations", "ASSEMBLY OF NATIONS", "Аssembly of Nations"])
def test_m12_a_famous_name_from_a_new_domain_is_flagged_and_needs_a_second_channel(campaign, name):
    famous("Assembly of Nations", "assembly-of-nations.example")

    signature = confirmed(campaign, name, "nations-now.example")

    assert Flag.FAMOUS in signature.flags
    assert bar(signature) == Level.V3


def test_a_famous_name_may_come_by_its_acronym_or_in_its_own_language(campaign):
    famous("AN")
    famous("جمعية الأمم")

    by_acronym = confirmed(campaign, "Harbour Legal Aid", "harbour.example", acronym="AN")
    in_arabic = confirmed(campaign, "Valley Legal Aid", "valley.example", native_name="جمعيّة الامم")

    assert Flag.FAMOUS in by_acronym.flags
    assert Flag.FAMOUS in in_arabic.flags


def test_the_owner_of_a_famous_name_is_not_flagged_on_its_own_domain(campaign):
    famous("Assembly of Nations", "assembly-of-nations.example")

    signature = confirmed(campaign, "Assembly of Nations", "assembly-of-nations.example")

    assert (signature.flags, bar(signature)) == ([], Level.V2)


def test_a_free_mailbox_does_not_speak_for_a_famous_name(campaign):
    famous("Assembly of Nations", "gmail.com")  # entered by mistake

    signature = confirmed(
        campaign, "Assembly of Nations", "nations-now.example", website="", mailbox="assembly@gmail.com"
    )

    assert Flag.FAMOUS in signature.flags


def test_who_is_called_like_the_organisation_is_flagged():
    organisation = Organisation(
        name="Jo Lantern", match_key="jo lantern", registrable_domain="lantern.example"
    )

    assert flags_of_form(organisation, "lantern.example", "Jo LANTERN") == [Flag.PERSON]
    assert flags_of_form(organisation, "lantern.example", "Jo Lanternova") == []


def test_the_register_is_asked_a_fixed_number_of_questions(campaign, registered):
    def questions(signature):
        with CaptureQueriesContext(connection) as queries:
            flags_of_register(signature)
        return len(queries)

    first = confirmed(campaign, "Lantern Defenders Trust", "one-house.example")
    alone = questions(Signature.objects.get(pk=first.pk))
    for number in ("First", "Second", "Third"):
        registered(f"{number} Lantern Defenders Trust", f"{number}-lantern-defenders.example")

    assert questions(Signature.objects.get(pk=first.pk)) == alone <= 12


def test_two_pages_on_one_shared_site_are_not_one_organisation(campaign):
    first = make_signature(
        campaign, name="Example Mothers", website="https://facebook.com/mothers", mailbox="a@gmail.com"
    )
    second = make_signature(
        campaign,
        state=State.CONFIRMED,
        name="Sample Fishers",
        website="https://www.facebook.com/fishers",
        mailbox="b@gmail.com",
    )

    assert likeness.own_domains(second) == set()
    assert list(likeness.possible_duplicates(second)) == []
    assert Flag.POSSIBLE_DUPLICATE not in second.flags
    assert list(likeness.possible_duplicates(first)) == []


def test_who_poses_as_another_on_the_same_shared_site_is_flagged(campaign):
    make_signature(
        campaign, name="Green Lantern Trust", website="https://facebook.com/lantern", mailbox="a@gmail.com"
    )

    posing = make_signature(
        make_campaign("letter-b"),
        state=State.CONFIRMED,
        name="Green Lantern Trust",
        website="https://facebook.com/1antern",
        mailbox="b@gmail.com",
    )

    assert Flag.LOOK_ALIKE in posing.flags
    assert bar(posing) == Level.V3


def test_two_mailboxes_at_one_host_are_one_organisation_s_also_without_a_website(campaign):
    first = make_signature(campaign, name="Example Mothers", website="", mailbox="a@mail.acme.example")
    second = make_signature(
        campaign, state=State.CONFIRMED, name="Sample Fishers", website="", mailbox="b@mail.acme.example"
    )

    assert list(likeness.possible_duplicates(second)) == [first]
    assert Flag.POSSIBLE_DUPLICATE in second.flags


def test_the_domain_of_a_provider_as_website_makes_no_twins(campaign):
    make_signature(campaign, name="Example Mothers", website="", mailbox="a@gmail.com")
    second = make_signature(
        campaign,
        state=State.CONFIRMED,
        name="Sample Fishers",
        website="https://gmail.com",
        mailbox="b@gmail.com",
    )

    assert list(likeness.possible_duplicates(second)) == []
