"""Where the name appears is the signer's choice, told truthfully, and safest where it may be dangerous (scenarios S3, S18)."""

import pytest

from campaigns.choices import PRIVACY
from campaigns.models import CampaignText
from signatories import caution
from signatories.models import OutboxMail, Signature
from tests.builders import form_answers, make_campaign
from tests.journeys.conftest import fields_of, link_in, soup_of, words_of

SIGN = "/en/hrd-agenda/sign/"
SEND = "/en/hrd-agenda/sign/send/"
CHANGE = "/en/hrd-agenda/sign/change/"
NOTICE = "People in your place were put on trial for a signature."

SENTENCES = {
    "public": "The name stands in the public list.",
    "addressee_only": "in the annex that the addressee gets, never on the web",
    "withheld": "known to the host alone",
}
TRUTHS = {
    "public": "This line will stand in the public list",
    "addressee_only": "This line will stand in an annex that only the addressee gets",
    "withheld": "Only the host knows that this organisation signs",
}


@pytest.fixture
def campaign(campaign):
    campaign.modes_allowed = [mode.value for mode in PRIVACY]
    campaign.caution_countries = ["BY", "KE"]
    campaign.save()
    CampaignText.objects.filter(campaign=campaign).update(safety_notice=NOTICE)
    return campaign


def chosen(response):
    return [each["value"] for each in soup_of(response).select("[name=publication_mode][checked]")]


def safe(**answers):
    """Of a place without a notice."""
    return form_answers(country_code="FR", **answers)


def test_s3_the_form_explains_each_mode_in_one_sentence(client, campaign):
    response = client.get(SIGN)

    assert [each["value"] for each in soup_of(response).select("[name=publication_mode]")] == [*SENTENCES]
    for sentence in SENTENCES.values():
        assert sentence in words_of(response)
    assert chosen(response) == ["public"]
    assert NOTICE not in words_of(response)


@pytest.mark.parametrize("mode", TRUTHS)
def test_s3_review_and_confirmation_say_where_the_line_will_stand(client, campaign, deliver, mode):
    answers = safe(publication_mode=mode)
    review = client.post(SIGN, answers)
    client.post(SEND, fields_of(review, action=SEND))
    (message,) = deliver()
    confirm = client.get(link_in(message))
    confirmed = client.post(link_in(message), {"mandate": "on"}, follow=True)

    for response in (review, confirm, confirmed):
        words = words_of(response)
        assert [each for each in TRUTHS if TRUTHS[each] in words] == [mode]
        # A mail that named nothing may have come to the wrong mailbox: the page that it opens names nothing either.
        assert (answers["name"] in words) == (response is not confirm or mode == "public")
    assert Signature.objects.get().publication_mode == mode


@pytest.mark.parametrize("mode", ["withheld", "addressee_only"])
def test_s18_a_mode_that_the_campaign_does_not_offer_is_refused(client, campaign, mode):
    campaign.modes_allowed = ["public"]
    campaign.save()

    for address in (SIGN, SEND):
        assert client.post(address, safe(publication_mode=mode)).status_code == 422
    assert Signature.objects.count() == 0


@pytest.mark.parametrize("address", [SIGN, SEND])
@pytest.mark.parametrize("mode", ["public", "addressee_only"])
def test_s18_a_place_in_danger_is_shown_the_notice_once_more_with_withheld_chosen(
    client, campaign, address, mode
):
    answers = form_answers(country_code="BY", publication_mode=mode)

    response = client.post(address, answers)

    assert response.status_code == 422
    assert NOTICE in words_of(response)
    assert "known to the host alone" in words_of(response)
    assert chosen(response) == ["withheld"]
    assert soup_of(response).find(attrs={"name": "mailbox"})["value"] == answers["mailbox"]
    assert "This field" not in words_of(response)
    assert (Signature.objects.count(), OutboxMail.objects.count()) == (0, 0)


@pytest.mark.parametrize("mode", TRUTHS)
def test_s18_nobody_is_forced_whoever_has_seen_it_chooses(client, campaign, mode):
    answers = form_answers(country_code="BY")
    shown = client.post(SIGN, answers)
    seal = soup_of(shown).find(attrs={"name": "cautioned"})["value"]

    review = client.post(SIGN, {**answers, "publication_mode": mode, "cautioned": seal})

    assert TRUTHS[mode] in words_of(review)
    assert NOTICE in words_of(review)
    sent = client.post(SEND, fields_of(review, action=SEND))
    assert sent.status_code == 302
    assert Signature.objects.get().publication_mode == mode


def test_s18_who_chose_to_be_withheld_goes_straight_on_and_reads_it_in_the_review(client, campaign):
    review = client.post(SIGN, form_answers(country_code="BY", publication_mode="withheld"))

    assert (review.status_code, TRUTHS["withheld"] in words_of(review)) == (200, True)
    assert NOTICE in words_of(review)


@pytest.mark.parametrize("seal", ["", "x", "gAAAAA", "opened", "other campaign"])
def test_s18_a_made_up_mark_does_not_pass_for_having_seen_it(client, campaign, seal):
    answers = form_answers(country_code="BY")
    if seal == "opened":
        seal = answers["opened"]
    if seal == "other campaign":
        seal = caution.mark(make_campaign("letter-b"))

    response = client.post(SIGN, {**answers, "cautioned": seal})

    assert (response.status_code, chosen(response)) == (422, ["withheld"])


def test_s18_another_place_is_not_shown_it(client, campaign):
    review = client.post(SIGN, safe())

    assert review.status_code == 200
    assert NOTICE not in words_of(review)


def test_s18_going_back_keeps_the_choice_and_the_notice(client, campaign):
    answers = form_answers(country_code="BY")
    seal = soup_of(client.post(SIGN, answers)).find(attrs={"name": "cautioned"})["value"]

    response = client.post("/ar/hrd-agenda/sign/change/", {**answers, "cautioned": seal})

    assert chosen(response) == ["public"]
    assert NOTICE in words_of(response)
    assert soup_of(response).find(attrs={"name": "cautioned"})["value"] == seal


def test_s18_without_words_of_its_own_the_campaign_has_ours(client, campaign):
    CampaignText.objects.update(safety_notice="")

    assert "have been in danger for what they signed" in words_of(
        client.post(SIGN, form_answers(country_code="BY"))
    )


def test_s18_the_notice_needs_withheld_among_the_modes(client, campaign):
    campaign.modes_allowed = ["public"]
    campaign.save()

    assert client.post(SIGN, form_answers(country_code="BY")).status_code == 200


def test_the_notice_is_text_whatever_a_manager_types(client, campaign):
    CampaignText.objects.update(safety_notice="<script>alert(1)</script> {{ 7|add:7 }}")

    response = client.post(SIGN, form_answers(country_code="BY"))

    assert b"<script>alert(1)" not in response.content
    assert "{{ 7|add:7 }}" in words_of(response)


def test_too_fast_and_in_danger_asks_for_both_before_it_is_stored(client, campaign):
    answers = form_answers(country_code="BY", opened="")

    first = client.post(SEND, answers)
    seal = soup_of(first).find(attrs={"name": "cautioned"})["value"]
    second = client.post(SEND, {**answers, "cautioned": seal})

    assert "very quick" in words_of(second)
    assert fields_of(second, action=SEND)["cautioned"] == seal
    assert Signature.objects.count() == 0
