"""A letter with one organisation in each state and mode, each with words that occur nowhere else: the canaries of the walk."""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core import mail
from django.core.mail import EmailMessage
from django.db.models import F
from django.utils import timezone

from campaigns import countries, marks
from campaigns.choices import PublicationMode, Stage
from campaigns.models import Campaign
from signatories import answering, disputing, hiding, moderation, network, retention, tokens, transitions
from signatories.mail import delivery
from signatories.managing import contacts, fresh, leaving, opening, publishing
from signatories.models import MailLink, Organisation, OutboxMail, Signature
from signatories.states import EvidenceKind, LinkPurpose, Reason, State
from tests.builders import make_campaign, make_picture, make_signature, make_superuser

# Every hidden word has one of these in it, and so has no other text: most answers are cleared by one look.
HIDDEN, HIDDEN_ABROAD = "qzx", "ъыщ"
SHOWN, SHOWN_ABROAD = "vjk", "эыъ"
LINE = frozenset({"name", "native_name", "acronym", "country"})

# Case, its own country or territory, and a stem of letters that look like nobody else's name.
CASES = {
    "public": ("KI", "balmora"),
    "withheld": ("TV", "tivelund"),
    "withheld_waiting": ("NR", "orrispex"),
    "addressee_only": ("PW", "hadrubin"),
    "hidden": ("VU", "kemplatz"),
    "submitted": ("BT", "wugdoro"),
    "confirmed": ("SR", "fenquil"),
    "on_hold": ("GY", "ystrabo"),
    "rejected": ("LS", "mocturga"),
    "withdrawn": ("DJ", "plivenka"),
    "revoked": ("KM", "zandufel"),
    "merged": ("SB", "crethoim"),
    "expired": ("TO", "jobbelin"),
    "circulating": ("WS", "arvundex"),
    "embargoed": ("BW", "nishpote"),
    "draft": ("MV", "gaxorril"),
}
ELSEWHERE = ("circulating", "embargoed", "draft")


@dataclass
class Canary:
    """`words`: what would tell of this organisation, by field; all in lower case. `shown`: the fields that everybody may read."""

    case: str
    country_code: str
    words: dict[str, str]
    shown: frozenset[str] = frozenset()
    signature: Signature | None = None
    labels: frozenset[str] = frozenset()

    @property
    def mailbox(self) -> str:
        return f"{self.words['mailbox']}@{self.words['website']}.example"

    def answers(self) -> dict[str, str]:
        """What its form said."""
        return {
            "name": f"{self.words['name'].capitalize()} Circle",
            "native_name": f"{self.words['native_name'].capitalize()} круг",
            "acronym": self.words["acronym"].upper(),
            "website": f"https://{self.words['website']}.example",
            "country_code": self.country_code,
            "contact_name": f"{self.words['person'].capitalize()} Person",
            "contact_role": f"{self.words['role'].capitalize()} officer",
            "mailbox": self.mailbox,
        }


@dataclass
class Mailed:
    """A link that was mailed: the name of its page, its secret, to whom and about whom."""

    page: str
    token: str
    kind: str
    about: str
    expired: bool = False


@dataclass
class World:
    canaries: dict[str, Canary] = field(default_factory=dict)
    mailed: list[Mailed] = field(default_factory=list)
    # Words that belong to no organisation: who disputed, letters that aren't out.
    others: dict[str, str] = field(default_factory=dict)
    messages: list[EmailMessage] = field(default_factory=list)

    def __getitem__(self, case: str) -> Canary:
        return self.canaries[case]

    def case_of(self, signature: Signature) -> str:
        return next(
            (
                canary.case
                for canary in self.canaries.values()
                if canary.signature and canary.signature.pk == signature.pk
            ),
            "",
        )

    def case_of_mailbox(self, mailbox: str) -> str:
        return next((each.case for each in self.canaries.values() if each.mailbox == mailbox.lower()), "")


def canary_of(case: str) -> Canary:
    code, stem = CASES[case]
    shown = case == "public"
    marker, abroad = (SHOWN, SHOWN_ABROAD) if shown else (HIDDEN, HIDDEN_ABROAD)
    words = {
        "name": f"{marker}n{stem}",
        "native_name": f"{abroad}{''.join(chr(0x430 + ord(letter) - ord('a')) for letter in stem)}",
        "acronym": f"{marker}a{stem}",
        "website": f"{marker}w{stem}",
        "person": f"{HIDDEN}p{stem}",
        "role": f"{HIDDEN}r{stem}",
        "mailbox": f"{HIDDEN}m{stem}",
        "note": f"{HIDDEN}o{stem}",
        "answer": f"{HIDDEN}z{stem}",
    }
    labels = {countries.label(code, language).casefold() for language, _name in settings.LANGUAGES}
    return Canary(
        case=case,
        country_code=code,
        words=words,
        shown=LINE | {"website"} if shown else frozenset(),
        # Shorter ones turn up by chance in random tokens and their bytes.
        labels=frozenset(label for label in labels if len(label) > (4 if label.isascii() else 2)),
    )


def plant() -> World:
    """The letters, the canaries, what was said of them, and every mail about it."""
    network.key_of(timezone.now().date())  # the day's key, so that no undone request makes one
    world = World({case: canary_of(case) for case in CASES})
    by, colleague = make_superuser(), make_superuser("colleague")
    letter = make_campaign(
        "hrd-agenda",
        title="Defenders at the heart",
        languages=[code for code, _name in settings.LANGUAGES],
        modes_allowed=list(PublicationMode.values),
    )
    marks.put_on(letter.host, make_picture())
    for case in CASES:
        _sign(world, case, letter if case not in ELSEWHERE else _another_letter(world, case), by, colleague)
    _speak(world, by)
    _ask_for_links(world)
    world.mailed = list(_links_in_the_outbox(world))
    delivery.drain()
    world.messages = list(mail.outbox)
    mail.outbox.clear()
    _let_some_expire(world)
    return world


def _another_letter(world: World, case: str) -> Campaign:
    world.others[f"title of the {case} letter"] = f"{HIDDEN}t{CASES[case][1]}"
    world.others[f"address of the {case} letter"] = f"{HIDDEN}s{CASES[case][1]}"
    return make_campaign(f"{HIDDEN}s{CASES[case][1]}", title=f"{HIDDEN.capitalize()}t{CASES[case][1]} letter")


def _sign(world: World, case: str, letter: Campaign, by, colleague) -> None:
    canary = world[case]
    mode = {
        "withheld": PublicationMode.WITHHELD,
        "withheld_waiting": PublicationMode.WITHHELD,
        "addressee_only": PublicationMode.ADDRESSEE_ONLY,
    }.get(case, PublicationMode.PUBLIC)
    answers = {**canary.answers(), "publication_mode": mode}
    submitted = case in ("submitted", "expired")
    canary.signature = make_signature(
        letter, state=State.SUBMITTED if submitted else State.CONFIRMED, **answers
    )
    if not submitted:
        _decide(world, case, by, colleague)
    if case in ELSEWHERE:
        later = timezone.now() + timedelta(days=1)
        Campaign.objects.filter(pk=letter.pk).update(
            stage={"circulating": Stage.CIRCULATING, "draft": Stage.DRAFT}.get(case, Stage.PUBLIC),
            embargo_until=later if case == "embargoed" else None,
        )
    canary.signature = Signature.objects.select_related("organisation").get(pk=canary.signature.pk)


def _decide(world: World, case: str, by, colleague) -> None:
    canary, signature = world[case], world[case].signature
    note = f"{canary.words['note'].capitalize()} said so."
    moderation.add_note(signature=signature, by=by, note=note)
    if case == "confirmed":
        return
    if case == "on_hold":
        moderation.ask(signature=signature, by=by, words=f"Who decided? {note}")
        return
    if case == "rejected":
        moderation.reject(signature=signature, by=by, reason=Reason.NO_EVIDENCE, note=note)
        return
    if case == "merged":
        public = Signature.objects.get(pk=world["public"].signature.pk)
        moderation.merge(survivor=public, merged=signature, by=by, name=public, note=note)
        return
    for kind in (EvidenceKind.KNOWN, EvidenceKind.CALLBACK):
        moderation.add_evidence(signature=signature, by=by, kind=kind, note=note)
    moderation.accept(signature=signature, by=by, note=note)
    signature.refresh_from_db()
    if case in ("hidden", "withdrawn"):
        _leave(signature, case)
    if case in ("withheld", "addressee_only"):
        Signature.objects.filter(pk=signature.pk).update(joined_total_at=timezone.now())
    if case == "revoked":
        moderation.revoke(signature=signature, by=by, reason=Reason.IMPERSONATION, note=note)


def _leave(signature: Signature, case: str) -> None:
    """Everybody could read it; from now on nobody."""
    assert Signature.objects.public().filter(pk=signature.pk).exists()
    if case == "hidden":
        hiding.hide(signature=signature, to=PublicationMode.WITHHELD, actor=transitions.SIGNER)
        return
    fresh.ask_for(contact=signature.contacts.get(is_primary=True), purpose=LinkPurpose.WITHDRAW)
    leaving.withdraw(digest=tokens.digest(_token_of(signature, "withdraw")))


def _speak(world: World, by) -> None:
    """An answer, an appeal, a dispute, a group that a signatory is asked about, and a form that ran out."""
    for purpose, case, say in (
        ("answer", "on_hold", answering.answer),
        ("appeal", "rejected", answering.appeal),
    ):
        say(token=_token_of(world[case].signature, purpose), words=f"Because {world[case].words['answer']}.")
    world.others |= {"mailbox of a dispute": f"{HIDDEN}dmailbox", "words of a dispute": f"{HIDDEN}dwords"}
    disputing.dispute(
        signature=world["public"].signature,
        objection=disputing.Objection(
            mailbox=f"{HIDDEN}dmailbox@paper.example",
            words=f"They never signed: {HIDDEN}dwords.",
            language="en",
        ),
    )
    moderation.ask_to_vouch(
        signature=world["confirmed"].signature,
        referrer=world["public"].signature,
        by=by,
        signer_agreed=True,
    )
    old = timezone.now() - timedelta(days=8)
    Signature.objects.filter(pk=world["expired"].signature.pk).update(submitted_at=old)
    retention.expire_unconfirmed(timezone.now())
    assert not Organisation.objects.filter(name__icontains=world["expired"].words["name"]).exists()


def _ask_for_links(world: World) -> None:
    """One signer in each mode asks for everything that can be asked for by mail; one contact is to be replaced."""
    for case in ("public", "withheld", "addressee_only"):
        contact = world[case].signature.contacts.get(is_primary=True)
        for purpose in (LinkPurpose.DOWNLOAD, LinkPurpose.WITHDRAW, LinkPurpose.ERASE):
            fresh.ask_for(contact=contact, purpose=purpose)
        opening.send_link(mailbox=world[case].mailbox)
    publishing.ask_for_publicity(
        contact=world["withheld"].signature.contacts.get(is_primary=True), to=PublicationMode.PUBLIC
    )
    world.others |= {f"{part} of the new contact": f"{HIDDEN}x{part}" for part in ("name", "role", "mailbox")}
    new = contacts.NewContact(
        name=f"{HIDDEN}xname Person", role=f"{HIDDEN}xrole officer", mailbox=f"{HIDDEN}xmailbox@new.example"
    )
    contact = world["addressee_only"].signature.contacts.get(is_primary=True)
    contacts.ask_for_contact(contact=contact, new=new)
    contacts.confirm_from_old(
        digest=tokens.digest(_token_of(world["addressee_only"].signature, "change-contact"))
    )


def _token_of(signature: Signature, purpose: str) -> str:
    for queued in OutboxMail.objects.filter(signature=signature):
        link = json.loads(queued.context).get("link", "")
        if f"/{purpose}/" in link:
            return link.rstrip("/").rpartition("/")[2]
    raise AssertionError(f"no mail of {signature} carries a link to {purpose}")


def _links_in_the_outbox(world: World):
    """Each mailed link once, as its reader would use it."""
    for queued in OutboxMail.objects.select_related("signature").exclude(context=None):
        for value in json.loads(queued.context).values():
            if not isinstance(value, str) or not value.startswith(settings.SITE_URL):
                continue
            *_before, page, token = urlsplit(value).path.strip("/").split("/")
            if MailLink.objects.filter(digest=tokens.digest(token)).exists():
                yield Mailed(page, token, queued.kind, world.case_of(queued.signature))


def _let_some_expire(world: World) -> None:
    """Of each page every second link is over, so that it is read in both states."""
    seen: Counter[str] = Counter()
    for each in world.mailed:
        seen[each.page] += 1
        if seen[each.page] % 2:
            continue
        each.expired = True
        MailLink.objects.filter(digest=tokens.digest(each.token)).update(
            expires_at=F("created_at") + timedelta(microseconds=1)
        )
