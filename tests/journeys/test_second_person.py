"""A second person of one organisation signs; staff see it and merge (scenario S15), from form to mail."""

import json
import re
import zipfile
from io import BytesIO

import pytest

from signatories import moderation
from signatories.models import EventNote, Merge, Signature
from signatories.states import EventKind, State
from tests.builders import form_answers, make_campaign, make_moderator, make_signature, make_superuser
from tests.journeys.conftest import Signer, link_in, soup_of, words_of
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


PAGE = "/en/manage/"


def domain_of(name):
    return f"{name.split()[0].lower()}.example"


class Second:
    """The second person of an organisation, and all that this person gets to see; with the letter's and the own words cut out."""

    def __init__(self, slug, name, first, deliver, *, state, mode, first_mode):
        self.name, self.deliver, self.browser, self.seen = name, deliver, Signer(), []
        self.mailbox = f"bob@{domain_of(name)}"
        self.campaign = make_campaign(
            slug=slug, title="Same title", modes_allowed=["public", "addressee_only", "withheld"]
        )
        self.first = make_signature(
            self.campaign,
            name=first,
            website=f"https://{domain_of(first)}",
            mailbox=f"ann@{domain_of(first)}",
        )
        self.signature = make_signature(
            self.campaign, state=state, name=name, website=f"https://{domain_of(name)}", mailbox=self.mailbox
        )
        Signature.objects.filter(pk=self.first.pk).update(publication_mode=first_mode)
        Signature.objects.filter(pk=self.signature.pk).update(publication_mode=mode)
        deliver()
        self.browser.post(f"{PAGE}link/", {"mailbox": self.mailbox})
        self.browser.get(self.link("manage"))
        self.look()

    def merge(self):
        moderation.merge(
            survivor=Signature.objects.get(pk=self.first.pk),
            merged=Signature.objects.get(pk=self.signature.pk),
            by=make_superuser(),
            name=Signature.objects.get(pk=self.first.pk),
        )
        self.look()

    def look(self):
        self.note(self.browser.get(PAGE))

    def act(self, button, **answers):
        self.note(self.browser.post(f"{PAGE}{button}/", answers, follow=True))

    def behind(self, page):
        """The page behind the mail that was just asked for, and what its button does; twice."""
        link = self.link(page)
        self.browser.get(link)
        address = f"/en/{page}/"
        for answer in (self.browser.get, self.browser.post, self.browser.post):
            self.note(answer(address))
        self.look()

    def link(self, page):
        (message,) = [each for each in self.deliver() if f"/{page}/" in each.body]
        (link,) = set(re.findall(rf"http://testserver(/\S+/{page}/\S+)", message.body))
        self.keep(message.to, message.subject, re.sub(r"http\S+", "", message.body))
        return link

    def note(self, response):
        if response.streaming:
            held = json.loads(
                zipfile.ZipFile(BytesIO(b"".join(response.streaming_content))).read("data.json")
            )
            events = [[each[column] for column in ("what", "by", "from", "to")] for each in held["events"]]
            signature = {name: held["signature"][name] for name in ("state", "publication_mode")}
            evidence = [each["kind"] for each in held["evidence"]]
            is_decided = bool(held["signature"]["decided_at"])
            self.keep(held["organisation"], signature, sorted(evidence), events, is_decided)
        else:
            soup = soup_of(response)
            fields = [
                [each.get("name"), each.get("value")] for each in soup.select("main input, main button")
            ]
            fields = [each for each in fields if each[0] not in ("csrfmiddlewaretoken", "of")]
            actions = [each.get("action") or each.get("href") for each in soup.select("main form, main a")]
            self.keep(response.status_code, words_of(response), fields, actions)

    def keep(self, *seen):
        signature, told = self.signature, json.dumps(seen, default=str)
        for own in (
            self.name,
            domain_of(self.name),
            signature.reference,
            self.campaign.slug,
            str(signature.public_id),
        ):
            told = told.replace(own, "…")
        self.seen.append(re.sub(r"\d\d:\d\d", "…", told))

    def live(self):
        """Everything that the page offers, and once more when it is over."""
        self.note(self.browser.get(f"{PAGE}name/"))
        self.act("name", name=self.name)
        self.act("name", name=f"{self.name}s")
        self.act("publish", to="public")
        self.look()
        if self.seen[-2:] and "We have sent a mail" in self.seen[-2]:
            self.behind("publish")
            self.act("publish/stop")
        self.act("hide", to="addressee_only")
        self.act("hide", to="withheld")
        self.act("hide", to="public")
        self.act("news", news="yes")
        self.act("ask", purpose="withdraw")
        self.behind("withdraw")
        self.act("name", name="Torch")
        self.act("publish", to="public")
        self.act("hide", to="withheld")
        self.act(
            "contact", name="Bea", role="Chair", mailbox=f"ann@{domain_of(self.first.organisation.name)}"
        )
        self.act("ask", purpose="download")
        self.behind("download")
        self.keep([[each.to, each.subject] for each in self.deliver()])


@pytest.mark.parametrize("mode", ["public", "addressee_only"])
@pytest.mark.parametrize("state", [State.CONFIRMED, State.ON_HOLD, State.ACCEPTED])
def test_s15_the_same_buttons_and_the_same_answers_before_and_after_a_merge(db, deliver, state, mode):
    merged, alone = (
        Second(slug, name, first, deliver, state=state, mode=mode, first_mode="withheld")
        for slug, name, first in (
            ("letter-a", "Lantern Trust", "Canary Number One"),
            ("letter-b", "Harbour Guild", "Meadow Workers Union"),
        )
    )
    merged.merge()
    alone.look()
    assert merged.seen[-1] == merged.seen[-2]

    for each in (merged, alone):
        each.live()

    assert merged.seen == alone.seen
    assert [told for told in merged.seen if "Canary" in told or "merged" in told.lower()] == []
    # Nothing of that reached the first signature but words for the staff.
    first, second = (Signature.objects.get(pk=each.pk) for each in (merged.first, merged.signature))
    assert (first.state, first.publication_mode, first.organisation.name) == (
        State.ACCEPTED,
        "withheld",
        "Canary Number One",
    )
    assert (second.state, second.publication_mode) == (State.MERGED, "withheld")
    notes = EventNote.objects.filter(event__signature=first, event__kind=EventKind.NOTE).order_by("pk")
    told = " ".join(each.text for each in notes)
    assert [words in told for words in ("another name", "has hidden", "has withdrawn")] == [True] * 3

    # Whoever withdrew does not come back with an undo.
    moderation.undo_merge(merge=Merge.objects.get(), by=make_superuser("undoer"))
    assert Signature.objects.get(pk=second.pk).state == State.WITHDRAWN
    merged.look()
    assert "Withdrawn on" in merged.seen[-1]


def test_s15_the_second_signer_in_danger_hides_the_public_line_of_what_survived(client, db, deliver):
    second = Second(
        "letter-a",
        "Lantern Trust",
        "Canary Number One",
        deliver,
        state=State.CONFIRMED,
        mode="public",
        first_mode="public",
    )
    second.merge()
    assert "Canary Number One" in words_of(client.get("/en/letter-a/"))

    second.act("hide", to="withheld")

    assert "Canary Number One" not in words_of(client.get("/en/letter-a/"))
    assert Signature.objects.get(pk=second.first.pk).publication_mode == "withheld"
    assert sorted(each.to[0] for each in deliver()) == ["ann@canary.example", "bob@lantern.example"]
