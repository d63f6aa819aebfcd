"""“Dispute this entry”, through HTTP alone, from both sides (scenario S16, rule 10)."""

import csv
import io
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone

from campaigns.choices import PublicationMode, Stage
from campaigns.models import Campaign
from signatories import moderation
from signatories.models import Dispute, Signature, SignatureEvent
from signatories.states import EventKind, EvidenceKind, Reason, State
from tests.builders import give_evidence, make_campaign, make_moderator, make_signature
from tests.journeys.conftest import link_in, soup_of, words_of
from tests.signatories.staff_pages import case_address, messages, press

LIST = "/en/hrd-agenda/signatories/"
SENT = "/en/hrd-agenda/dispute/sent/"
WORDS = "We never signed this."


@pytest.fixture
def lantern(campaign):
    make_signature(campaign, name="Honest Example Society")
    return make_signature(
        campaign,
        name="Example Lantern Trust",
        website="https://www.lantern.example",
        mailbox="intern@lantern.example",
    )


@pytest.fixture
def deliver(deliver):
    """Sends what waits; gives the mails about disputes."""
    return lambda: [each for each in deliver() if "/dispute/" in each.body or "disputed" in each.subject]


def form_of(signature, language="en"):
    return f"/{language}/{signature.campaign.slug}/dispute/{signature.public_id}/"


def send(client, signature, mailbox, words=WORDS, language="en"):
    answer = client.post(form_of(signature, language), {"mailbox": mailbox, "words": words})
    assert (answer.status_code, answer.headers.get("Location")) == (
        302,
        SENT.replace("/en/", f"/{language}/"),
    )
    return answer


@pytest.fixture
def dispute(client, deliver):
    """Sends a form, opens the link of its mail and confirms; gives the last page."""

    def run(signature, mailbox, words=WORDS):
        send(client, signature, mailbox, words)
        (message,) = deliver()
        link = link_in(message)
        assert client.get(link).status_code == 200
        return client.post(link, {"words": words}, follow=True)

    return run


def outlets(client):
    """What the public reads: count, names in the list, on the letter, and in the file."""
    rows = csv.DictReader(
        io.StringIO(client.get("/hrd-agenda/signatories.csv").getvalue().decode("utf-8-sig"))
    )
    listed = [each.text for each in soup_of(client.get(LIST)).select(".signatory-list .name")]
    letter = [each.text for each in soup_of(client.get("/en/hrd-agenda/")).select(".signatory-list .name")]
    return client.get("/hrd-agenda/count.json").json()["count"], listed, letter, [row["name"] for row in rows]


ALL = ["Example Lantern Trust", "Honest Example Society"]
REST = ["Honest Example Society"]


def test_s16_from_the_organisations_own_domain_the_line_leaves_every_outlet_at_once(client, lantern, dispute):
    before = outlets(client)

    done = dispute(lantern, "director@office.lantern.example")

    assert before == (2, ALL, ALL, ALL)
    assert outlets(client) == (1, REST, REST, REST)
    assert "Thank you. The entry is off the list" in words_of(done)
    lantern.refresh_from_db()
    assert (lantern.state, lantern.flags, lantern.joined_total_at) == (State.ON_HOLD, ["disputed"], None)
    told, moved = lantern.events.order_by("-pk")[:2][::-1]
    assert (told.kind, told.detail, told.actor_kind) == (EventKind.DISPUTED, "inside", "system")
    assert (moved.from_state, moved.to_state, moved.actor_kind) == ("accepted", "on_hold", "system")


def test_s16_so_it_does_from_the_stored_mailbox_at_a_free_provider(client, campaign, dispute):
    group = make_signature(
        campaign, name="Example Village Group", website="", mailbox="Group.Example@gmail.com"
    )

    dispute(group, "groupexample+letter@googlemail.com")

    assert outlets(client) == (0, [], [], [])


def test_s16_from_anybody_else_it_opens_a_ticket_and_the_line_stays(client, lantern, dispute):
    done = dispute(lantern, "troll@gmail.com")

    assert outlets(client) == (2, ALL, ALL, ALL)
    assert "Thank you. The host will look at it" in words_of(done)
    assert "intern@" not in done.content.decode()
    lantern.refresh_from_db()
    assert (lantern.state, lantern.flags) == (State.ACCEPTED, ["disputed"])
    newest = lantern.events.latest("pk")
    assert (newest.kind, newest.detail) == (EventKind.DISPUTED, "outside")


@pytest.mark.parametrize(
    "mailbox",
    [
        "director@lantern.example.evil.example",
        "director@lantern-example.example",
        "director@evillantern.example",
        "director@lаntern.example",  # Cyrillic а
        "director@example",
        "lantern.example@gmail.com",
        "director@mailinator.com",
    ],
)
def test_s16_a_domain_that_only_looks_like_the_own_one_is_an_outsiders(client, lantern, mailbox):
    client.post(form_of(lantern), {"mailbox": mailbox, "words": WORDS})

    assert not Dispute.objects.filter(from_inside=True).exists()


def test_s16_an_international_domain_is_the_same_in_both_spellings(client, campaign, dispute):
    signature = make_signature(
        campaign, name="Muster-Verein", website="https://münster.example", mailbox="a@xn--mnster-3ya.example"
    )

    dispute(signature, "vorstand@MÜNSTER.example")

    assert outlets(client) == (0, [], [], [])


@pytest.mark.parametrize(
    ("website", "mailbox"),
    [
        ("https://www.facebook.com/example", "somebody@facebook.com"),
        ("https://sites.google.com/example", "somebody@google.com"),
        ("https://www.gmail.com", "somebody@gmail.com"),
        ("https://mailinator.com", "somebody@mailinator.com"),
    ],
)
def test_s16_where_anybody_can_have_a_page_or_a_mailbox_nobody_is_inside(
    client, campaign, dispute, website, mailbox
):
    signature = make_signature(campaign, website=website, mailbox="group@riseup.net")

    dispute(signature, mailbox)

    signature.refresh_from_db()
    assert signature.state == State.ACCEPTED


@pytest.mark.parametrize("mailbox", ["censor@nauta.cu", "censor@small-provider.example"])
def test_s16_who_shares_a_provider_with_the_contact_is_not_inside(client, campaign, dispute, mailbox):
    """No list knows every provider: without a website the domain of a mailbox says nothing by itself."""
    domain = mailbox.partition("@")[2]
    group = make_signature(campaign, name="Example Village Group", website="", mailbox=f"group@{domain}")

    dispute(group, mailbox)

    group.refresh_from_db()
    assert group.state == State.ACCEPTED
    assert "disputed" in group.flags


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (EvidenceKind.DOMAIN_MATCH, State.ON_HOLD),
        (EvidenceKind.PUBLISHED_ADDRESS, State.ACCEPTED),
        (EvidenceKind.REGISTER, State.ACCEPTED),
    ],
)
def test_s16_the_contacts_domain_is_the_organisations_where_staff_have_seen_that(
    client, campaign, dispute, kind, state
):
    group = make_signature(
        campaign, website="https://old-site.example", mailbox="intern@own-mail.example", name="Village Group"
    )
    give_evidence(group, make_moderator(campaign), kind, identifier="1")

    dispute(group, "director@own-mail.example")

    group.refresh_from_db()
    assert group.state == state


def test_s16_evidence_that_was_taken_back_makes_nobody_an_insider(client, campaign, dispute):
    staff = make_moderator(campaign)
    group = make_signature(campaign, website="", mailbox="group@small-provider.example")
    seen = give_evidence(group, staff, EvidenceKind.DOMAIN_MATCH)
    moderation.take_back_evidence(evidence=seen, by=staff)

    dispute(group, "censor@small-provider.example")

    group.refresh_from_db()
    assert group.state == State.ACCEPTED


def test_s16_at_a_mail_provider_nobody_is_inside_whatever_the_evidence(client, campaign, dispute):
    group = make_signature(campaign, website="", mailbox="group@nauta.cu")
    give_evidence(group, make_moderator(campaign), EvidenceKind.DOMAIN_MATCH)

    dispute(group, "censor@nauta.cu")

    group.refresh_from_db()
    assert group.state == State.ACCEPTED


def test_s16_each_line_of_the_list_leads_to_its_form_and_the_letter_leads_to_the_list(client, lantern):
    link = soup_of(client.get(LIST)).select_one(".signatory-list a")
    assert link["href"] == form_of(lantern)
    assert link.text == "Dispute this entry: Example Lantern Trust"
    letter = soup_of(client.get("/en/hrd-agenda/"))
    assert letter.select(".signatory-list a") == []
    (way,) = [each for each in letter.select(".ways a") if "dispute" in each.text]
    assert way["href"] == LIST


def test_the_form_shows_the_line_and_says_what_will_happen(client, lantern):
    page = client.get(form_of(lantern))

    words = words_of(page)
    assert "Example Lantern Trust" in words
    assert "the line leaves the list at once" in words
    assert "the line stays meanwhile" in words
    assert "intern" not in page.content.decode()
    assert lantern.reference not in words
    assert "no-store" in page["Cache-Control"]


def test_lines_that_nobody_can_read_have_no_form_and_all_answers_are_the_same(client, campaign):
    hidden = make_signature(campaign, name="Hidden Example", state=State.CONFIRMED)
    held = make_signature(campaign, state=State.ON_HOLD)
    withheld, annexed = make_signature(campaign), make_signature(campaign)
    for signature, mode in ((withheld, PublicationMode.WITHHELD), (annexed, PublicationMode.ADDRESSEE_ONLY)):
        Signature.objects.filter(pk=signature.pk).update(publication_mode=mode)
    elsewhere = make_signature(make_campaign("letter-b"))
    embargoed, circulating = (
        make_signature(make_campaign("letter-c")),
        make_signature(make_campaign("letter-d")),
    )
    Campaign.objects.filter(slug="letter-c").update(embargo_until=timezone.now() + timedelta(days=1))
    Campaign.objects.filter(slug="letter-d").update(stage=Stage.CIRCULATING)
    asked = [
        *(
            f"/en/hrd-agenda/dispute/{each.public_id}/"
            for each in (hidden, held, withheld, annexed, elsewhere)
        ),
        form_of(embargoed),
        form_of(circulating),
        f"/en/hrd-agenda/dispute/{uuid.uuid4()}/",
        "/en/hrd-agenda/dispute/17/",
        f"/en/no-such-letter/dispute/{hidden.public_id}/",
    ]

    answers = [client.get(each) for each in asked]
    answers += [client.post(each, {"mailbox": "a@troll.example", "words": WORDS}) for each in asked]

    assert {answer.status_code for answer in answers} == {404}
    # But for the address itself, which stands in the links to other languages.
    assert len({words_of(answer) for answer in answers}) == 1
    assert not Dispute.objects.exists()


def test_the_answer_is_the_same_for_every_mailbox_also_beyond_the_limits(client, lantern, deliver):
    mailboxes = ["intern@lantern.example", "director@lantern.example", "troll@gmail.com"] + [
        "same@a.example"
    ] * 5

    pages = {client.get(send(client, lantern, each)["Location"]).content for each in mailboxes}

    assert len(pages) == 1
    assert sorted(message.to[0] for message in deliver()) == sorted({*mailboxes})


def test_the_mail_says_neither_what_was_written_nor_the_reference(client, lantern, deliver):
    send(client, lantern, "troll@gmail.com", words="Buy cheap pills at http://pills.example")

    (message,) = deliver()

    raw = message.message().as_string()
    assert "pills" not in raw
    assert lantern.reference not in raw
    assert "Reference" not in raw
    assert "intern" not in raw
    assert "Example Lantern Trust" in message.body


def test_a_mail_scanner_that_follows_the_link_changes_nothing(client, lantern, deliver):
    send(client, lantern, "director@lantern.example")
    link = link_in(deliver()[0])

    assert [Client().get(link).status_code, Client().head(link).status_code] == [200, 200]

    assert outlets(client) == (2, ALL, ALL, ALL)
    assert Dispute.objects.get().confirmed_at is None
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(link, {"words": WORDS}).status_code == 403
    assert outlets(client) == (2, ALL, ALL, ALL)


def test_a_replayed_link_shows_what_came_of_it_and_does_nothing_twice(client, lantern, deliver):
    send(client, lantern, "director@lantern.example")
    link = link_in(deliver()[0])
    first = client.post(link, {"words": WORDS}, follow=True)
    events = SignatureEvent.objects.count()

    again = client.post(link, {"words": "Something else"}, follow=True)

    assert words_of(again) == words_of(first)
    assert SignatureEvent.objects.count() == events
    assert Dispute.objects.get().words == WORDS


def test_a_link_works_for_72_hours(client, lantern, deliver):
    send(client, lantern, "director@lantern.example")
    link = link_in(deliver()[0])

    with time_machine.travel(timezone.now() + timedelta(hours=72, seconds=1)):
        late = client.post(link, {"words": WORDS})

    assert late.status_code == 410
    assert "This link has expired" in words_of(late)
    assert outlets(client) == (2, ALL, ALL, ALL)


def test_an_unknown_link_is_told_as_such_and_a_link_of_another_kind_is_none(client, lantern):
    of_signature = lantern.links.get(used_at__isnull=False)
    assert client.get("/en/dispute/mistyped/").status_code == 404
    assert of_signature.purpose == "confirm"
    assert "This link is not known" in words_of(client.get("/en/dispute/mistyped/"))


def test_whoever_confirms_can_still_change_what_somebody_else_may_have_written(client, lantern, deliver):
    send(client, lantern, "director@lantern.example", words="We are happy to have signed.")
    link = link_in(deliver()[0])
    assert soup_of(client.get(link)).textarea.text.strip() == "We are happy to have signed."

    client.post(link, {"words": WORDS})

    assert Dispute.objects.get().words == WORDS


def test_the_same_mailbox_is_one_dispute_and_only_the_newest_link_confirms(client, lantern, deliver):
    now = timezone.now()
    with time_machine.travel(now) as clock:
        send(client, lantern, "reader@paper.example", words="first")
        clock.shift(30)
        send(client, lantern, "Reader+x@paper.example", words="too soon")
        clock.shift(31)
        send(client, lantern, "reader@paper.example", words="second")
        older, newer = deliver()
        assert Dispute.objects.get().words == "second"
        assert client.get(link_in(older)).status_code == 404
        client.post(link_in(newer), {"words": "second"})
        clock.shift(100)
        send(client, lantern, "reader@paper.example", words="third")

    (kept,) = Dispute.objects.all()
    assert (kept.words, kept.from_inside) == ("second", False)
    assert deliver() == []


def test_nobodys_mailbox_gets_more_than_three_such_mails_a_day(client, campaign, deliver):
    lines = [make_signature(campaign) for _ in range(5)]
    deliver()
    with time_machine.travel(timezone.now()) as clock:
        for line in lines:
            send(client, line, "victim@gmail.com")
            clock.shift(61)
        assert len(deliver()) == 3
        clock.shift(24 * 3600)
        send(client, lines[4], "v.ictim@gmail.com")
        assert len(deliver()) == 1


def test_one_network_gets_ten_forms_an_hour(client, campaign):
    lines = [make_signature(campaign) for _ in range(3)]
    with time_machine.travel("2026-06-01T10:00:00Z") as clock:
        for number in range(15):
            client.post(
                form_of(lines[number % 3]),
                {"mailbox": f"a{number}@troll{number}.example", "words": WORDS},
                REMOTE_ADDR="203.0.113.7",
            )
        assert Dispute.objects.count() == 10
        client.post(form_of(lines[0]), {"mailbox": "b@b.example", "words": WORDS}, REMOTE_ADDR="203.0.113.8")
        assert Dispute.objects.count() == 11
        clock.shift(3601)
        client.post(form_of(lines[0]), {"mailbox": "c@c.example", "words": WORDS}, REMOTE_ADDR="203.0.113.7")
        assert Dispute.objects.count() == 12
    assert len(Dispute.objects.first().network_hash) == 22
    assert "203.0.113" not in str(list(Dispute.objects.values()))


def test_s16_fifty_trolls_do_not_empty_the_list_nor_lock_the_organisation_out(
    client, lantern, deliver, dispute
):
    for number in range(50):
        send(client, lantern, f"troll@troll{number}.example")
    links = [link_in(message) for message in deliver()]
    for link in links:
        client.post(link, {"words": WORDS})

    assert len(links) == 20
    assert outlets(client) == (2, ALL, ALL, ALL)

    dispute(lantern, "director@lantern.example")

    assert outlets(client) == (1, REST, REST, REST)


def test_trolls_who_make_up_mailboxes_of_the_organisation_do_not_lock_its_contact_out(
    client, lantern, deliver, dispute
):
    for number in range(30):
        send(client, lantern, f"made-up{number}@lantern.example")
    assert len(deliver()) == 20

    dispute(lantern, "intern@lantern.example")

    assert outlets(client) == (1, REST, REST, REST)


def test_a_letter_sends_sixty_such_mails_an_hour_and_the_organisations_come_through(
    client, campaign, deliver, dispute
):
    lines = [make_signature(campaign) for _ in range(4)]
    deliver()
    for number in range(80):
        send(client, lines[number % 4], f"troll@troll{number}.example")
    assert len(deliver()) == 60

    dispute(lines[0], f"press@{lines[0].organisation.registrable_domain}")

    lines[0].refresh_from_db()
    assert lines[0].state == State.ON_HOLD


def from_network(number):
    return {"REMOTE_ADDR": f"203.0.113.{number}"}


def test_made_up_insiders_of_two_networks_keep_no_real_one_of_the_same_line_out(client, lantern, deliver):
    """Twenty a day, every day, would have kept the real organisation from ever disputing a line in its name."""
    for number in range(20):
        form = {"mailbox": f"made-up{number}@lantern.example", "words": WORDS}
        client.post(form_of(lantern), form, **from_network(number // 10))
    deliver()

    client.post(form_of(lantern), {"mailbox": "info@lantern.example", "words": WORDS}, **from_network(9))

    (message,) = deliver()
    client.post(link_in(message), {"words": WORDS})
    assert message.to == ["info@lantern.example"]
    assert outlets(client) == (1, REST, REST, REST)


def test_made_up_insiders_of_other_lines_keep_no_real_one_out(client, campaign, lantern, deliver):
    lines = [make_signature(campaign) for _ in range(3)]
    for number in range(60):
        line = lines[number % 3]
        form = {"mailbox": f"a{number}@{line.organisation.registrable_domain}", "words": WORDS}
        client.post(form_of(line), form, **from_network(number // 10))
    deliver()

    client.post(form_of(lantern), {"mailbox": "info@lantern.example", "words": WORDS}, **from_network(9))

    assert [message.to for message in deliver()] == [["info@lantern.example"]]


@pytest.mark.parametrize("mailbox", ["intern@lantern.example", "info@lantern.example"])
def test_disputes_of_other_lines_in_its_name_keep_no_insider_from_his_own(
    client, campaign, lantern, deliver, mailbox
):
    lines = [make_signature(campaign) for _ in range(4)]
    with time_machine.travel(timezone.now()) as clock:
        for line in lines:
            send(client, line, mailbox)
            clock.shift(61)
        assert len(deliver()) == 3
        send(client, lantern, mailbox)

        (message,) = deliver()

    client.post(link_in(message), {"words": WORDS})
    lantern.refresh_from_db()
    assert lantern.state == State.ON_HOLD


def test_an_insider_gets_three_such_mails_a_day_of_one_line_a_minute_apart_and_the_last_link_works(
    client, lantern, deliver
):
    with time_machine.travel(timezone.now()) as clock:
        for _ in range(2):
            send(client, lantern, "intern@lantern.example")
        assert len(deliver()) == 1
        for _ in range(4):
            clock.shift(61)
            send(client, lantern, "intern@lantern.example")
        mails = deliver()
    assert len(mails) == 2

    client.post(link_in(mails[-1]), {"words": WORDS})

    lantern.refresh_from_db()
    assert lantern.state == State.ON_HOLD


def test_who_shares_a_network_with_trolls_is_heard_from_the_stored_mailbox(
    client, campaign, lantern, deliver
):
    """An office, a relay, an exit of Tor."""
    other = make_signature(campaign)
    for number in range(12):
        form = {"mailbox": f"a@troll{number}.example", "words": WORDS}
        client.post(form_of(other), form, **from_network(1))
    assert len(deliver()) == 10

    for mailbox in ("info@lantern.example", "intern@lantern.example"):
        client.post(form_of(lantern), {"mailbox": mailbox, "words": WORDS}, **from_network(1))

    assert [message.to for message in deliver()] == [["intern@lantern.example"]]


def test_a_line_that_was_withdrawn_meanwhile_stays_so_and_thanks_are_all_that_is_said(
    client, lantern, deliver
):
    send(client, lantern, "director@lantern.example")
    (message,) = deliver()
    moderation.revoke(signature=lantern, by=make_moderator(lantern.campaign), reason=Reason.ABUSE)

    done = client.post(link_in(message), {"words": WORDS}, follow=True)

    lantern.refresh_from_db()
    assert (lantern.state, lantern.flags) == (State.REVOKED, ["disputed"])
    assert "Thank you. It is noted" in words_of(done)
    assert Dispute.objects.open().count() == 1


@pytest.mark.parametrize("mailbox", ["director@lantern.example", "troll@gmail.com"])
def test_a_line_that_was_withheld_meanwhile_is_neither_named_nor_moved(client, lantern, deliver, mailbox):
    send(client, lantern, mailbox)
    (message,) = deliver()
    Signature.objects.filter(pk=lantern.pk).update(publication_mode=PublicationMode.WITHHELD)
    count = client.get("/hrd-agenda/count.json").json()

    shown = client.get(link_in(message))
    done = client.post(link_in(message), {"words": WORDS}, follow=True)

    assert "Lantern" not in shown.content.decode() + done.content.decode()
    assert "Thank you. It is noted" in words_of(done)
    assert client.get("/hrd-agenda/count.json").json()["count"] == count["count"]
    lantern.refresh_from_db()
    assert lantern.state == State.ACCEPTED


def test_what_strangers_write_runs_nowhere(client, lantern, dispute):
    hostile = '<script>alert(1)</script>"><img src=x onerror=alert(1)>{{ 7|add:7 }}'

    dispute(lantern, "troll@gmail.com", words=hostile)

    client.force_login(make_moderator(lantern.campaign))
    body = client.get(case_address(lantern)).content.decode()
    assert "<script>alert" not in body
    assert "<img src=x" not in body
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in body


@pytest.mark.parametrize(
    "mailbox",
    [
        "a@b.example\nBcc: victim@c.example",
        "a@b.example\r\n\r\nHello",
        "a@b.example,c@d.example",
        "Name <a@b.example>",
        "",
    ],
)
def test_a_mailbox_smuggles_no_header_and_no_second_reader(client, lantern, deliver, mailbox):
    answer = client.post(form_of(lantern), {"mailbox": mailbox, "words": WORDS})

    assert answer.status_code == 422
    assert WORDS in soup_of(answer).textarea.text
    assert deliver() == []
    assert not Dispute.objects.exists()


def test_words_are_needed_and_have_an_end(client, lantern):
    for words in ("", "   ", "x" * 2001, "nul\0"):
        answer = client.post(form_of(lantern), {"mailbox": "a@b.example", "words": words})
        assert answer.status_code == 422
    assert not Dispute.objects.exists()


def test_words_and_mailbox_are_encrypted_in_the_database(client, lantern):
    send(client, lantern, "troll@gmail.com")
    with connection.cursor() as cursor:
        cursor.execute("SELECT d::text FROM signatories_dispute d")
        ((row,),) = cursor.fetchall()
    assert WORDS not in row
    assert "troll" not in row


def test_arabic_pages_and_mails_run_from_right_to_left(client, lantern, deliver):
    assert soup_of(client.get(form_of(lantern, "ar"))).html["dir"] == "rtl"
    send(client, lantern, "troll@gmail.com", language="ar")
    (message,) = deliver()
    assert "/ar/dispute/" in message.body
    assert 'dir="rtl"' in message.alternatives[0].content
    assert soup_of(client.get(link_in(message))).html["dir"] == "rtl"


def test_a_form_whose_cookie_is_lost_keeps_what_was_typed(lantern):
    strict = Client(enforce_csrf_checks=True)

    answer = strict.post(form_of(lantern), {"mailbox": "a@b.example", "words": WORDS})

    assert answer.status_code == 403
    assert WORDS in soup_of(answer).textarea.text
    assert soup_of(answer).find("input", attrs={"name": "mailbox"})["value"] == "a@b.example"
    again = strict.post(form_of(lantern), {"mailbox": "a@b.example", "words": WORDS})
    assert again.status_code == 403
    assert not Dispute.objects.exists()


def test_s16_the_staff_uphold_it_and_whoever_wrote_is_told_in_neutral_words(
    client, lantern, dispute, deliver
):
    dispute(lantern, "journalist@paper.example")
    dispute(lantern, "director@lantern.example")
    moderator = make_moderator(lantern.campaign)
    client.force_login(moderator)

    done = press(client, lantern, "uphold-disputes", reason="impersonation", note="The director called.")

    assert messages(done) == ["2 disputes decided."]
    lantern.refresh_from_db()
    assert (lantern.state, lantern.decision_reason) == (State.REJECTED, "impersonation")
    mails = deliver()
    told = [message for message in mails if "disputed" in message.subject]
    assert sorted(message.to[0] for message in told) == [
        "director@lantern.example",
        "journalist@paper.example",
    ]
    assert {message.body for message in told} == {told[0].body}
    for word in ("impersonation", "called", "director", "journalist", "rejected", lantern.reference):
        assert word not in told[0].body
    assert "What the page shows now is the result" in told[0].body


def test_s16_an_accepted_line_that_is_found_wrong_is_revoked_with_a_correction(
    client, lantern, dispute, deliver
):
    dispute(lantern, "journalist@paper.example")
    client.force_login(make_moderator(lantern.campaign))

    press(client, lantern, "uphold-disputes", reason="impersonation")

    lantern.refresh_from_db()
    assert lantern.state == State.REVOKED
    client.logout()
    assert outlets(client) == (1, REST, REST, REST)
    assert "Correction: one signature was taken back" in words_of(client.get("/en/hrd-agenda/"))


def test_s16_the_signature_stands_and_the_last_outsiders_ticket_takes_its_flag_along(
    client, lantern, dispute, deliver
):
    dispute(lantern, "a@paper.example")
    client.force_login(make_moderator(lantern.campaign))
    stale = client.get(case_address(lantern))
    dispute(lantern, "b@troll.example")

    press(client, lantern, "turn-down-disputes", page_before=stale, note="Their site says so.")

    lantern.refresh_from_db()
    assert (lantern.state, lantern.flags) == (State.ACCEPTED, ["disputed"])  # one came in unread
    press(client, lantern, "turn-down-disputes", note="Their site says so.")
    lantern.refresh_from_db()
    assert (lantern.state, lantern.flags) == (State.ACCEPTED, [])
    decided = lantern.events.filter(kind=EventKind.DISPUTE_DECIDED)
    assert [(event.detail, event.note.text) for event in decided] == [
        ("turned_down", "Their site says so.")
    ] * 2


def test_s16_after_a_dispute_from_inside_only_v3_brings_the_line_back(client, lantern, dispute, deliver):
    dispute(lantern, "director@lantern.example")
    client.force_login(make_moderator(lantern.campaign))

    unread = press(client, lantern, "accept")
    assert messages(unread) == ["The organisation itself disputes it: decide that first."]
    press(client, lantern, "turn-down-disputes", note="The director was on leave; the board confirms.")
    below = press(client, lantern, "accept")
    assert messages(below) == ["Verification level V2 is below V3: record more evidence first."]
    press(client, lantern, "add-evidence", kind="callback", note="The chair, at the number on the site.")
    press(client, lantern, "accept", note="…")

    lantern.refresh_from_db()
    assert (lantern.state, lantern.flags) == (State.ACCEPTED, ["disputed"])
    client.logout()
    assert outlets(client) == (2, ALL, ALL, ALL)


def test_a_dispute_that_was_decided_can_be_made_anew(client, lantern, dispute, deliver):
    dispute(lantern, "a@paper.example")
    client.force_login(make_moderator(lantern.campaign))
    press(client, lantern, "turn-down-disputes", note="…")
    client.logout()
    deliver()

    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        dispute(lantern, "a@paper.example", words="Here is proof.")

    assert Dispute.objects.count() == 2
    lantern.refresh_from_db()
    assert lantern.flags == ["disputed"]
