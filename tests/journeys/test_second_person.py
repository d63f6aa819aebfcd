"""A second person of one organisation signs; staff see it and merge (scenario S15), from form to mail."""

import json

import pytest

from signatories.models import Signature
from signatories.states import State
from tests.builders import form_answers, make_moderator, make_signature
from tests.journeys.conftest import link_in, soup_of, words_of
from tests.signatories.staff_pages import case_address, text

SEND = "/en/hrd-agenda/sign/send/"
COLLEAGUE = {
    "name": "Lantern Trust (Example)",
    "website": "https://www.lantern.example/en",
    "mailbox": "colleague@lantern.example",
    "contact_name": "Canary Colleague",
}


def count_of(client):
    return json.loads(client.get("/hrd-agenda/count.json").content)["count"]


def sign_and_confirm(client, deliver, **answers):
    """The pages that a signer sees, as words, and the link of the mail."""
    sent = client.post(SEND, form_answers(**answers), follow=True)
    (mail,) = deliver()
    link = link_in(mail)
    opened = client.get(link)
    confirmed = client.post(link, {"mandate": "on"}, follow=True)
    return [words_of(page) for page in (sent, opened, confirmed)] + [mail.body], link


def without(words, signature, answers):
    """`words` without what is the signer's own."""
    for own in (signature.reference, *answers.values(), answers["mailbox"].partition("@")[2]):
        words = words.replace(own, "…")
    return words


@pytest.mark.parametrize("mode", ["public", "withheld"])
def test_s15_a_second_person_of_the_organisation(client, campaign, deliver, mode):
    first = make_signature(
        campaign,
        name="Example Lantern Trust",
        website="https://lantern.example",
        mailbox="first@lantern.example",
        publication_mode="public",
    )
    Signature.objects.filter(pk=first.pk).update(publication_mode=mode)
    deliver()
    count = count_of(client)

    # He gets what anybody gets.
    pages, link = sign_and_confirm(client, deliver, **COLLEAGUE)
    second = Signature.objects.latest("pk")
    stranger = {
        **COLLEAGUE,
        "name": "Elsewhere",
        "mailbox": "a@else.example",
        "website": "https://else.example",
    }
    others_pages, _link = sign_and_confirm(client, deliver, **stranger)
    other = Signature.objects.latest("pk")
    assert "check your mailbox" in pages[0].lower()
    assert "now being checked by the host; normally within 2 working days" in pages[2]
    for his, hers in zip(pages[:3], others_pages[:3], strict=True):
        assert len(without(his, second, COLLEAGUE)) == len(without(hers, other, stranger))
        assert "Example Lantern Trust" not in his
    before = client.get(link).content

    # Staff see the two side by side, and merge them.
    client.force_login(make_moderator(campaign))
    case = soup_of(client.get(case_address(second)))
    assert "Possible duplicate" in case.select_one("table.cases").get_text()
    shown = client.get(case.select_one("a.merge")["href"])
    form = soup_of(shown).find("form", class_="desk-form")
    fields = {each["name"]: each["value"] for each in form.find_all("input", type="hidden")}
    fields |= {each["name"]: each["value"] for each in form.select("input[type=radio][checked]")}
    merged = client.post(
        shown.request["PATH_INFO"], {**fields, "note": "", "contact_agreed": "on"}, follow=True
    )
    assert "went into this one" in text(merged)
    client.logout()

    # The count stays, the first contact is told, and the second person's pages tell nothing.
    second.refresh_from_db()
    assert (second.state, count_of(client)) == (State.MERGED, count)
    assert {contact.mailbox for contact in first.contacts.all()} == {
        "first@lantern.example",
        "colleague@lantern.example",
    }
    (mail,) = deliver()
    assert mail.to == ["first@lantern.example"]
    assert "second contact" in mail.body
    assert [word for word in ("Canary", "colleague@", COLLEAGUE["name"]) if word in mail.body] == []
    assert client.get(link).content == before
    again = client.post(SEND, form_answers(**COLLEAGUE), follow=True)
    assert len(words_of(again)) == len(pages[0])
