"""Everything that a moderator looks at to decide one case. A fixed number of queries, and no contact data."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from campaigns import keeping
from campaigns.lines import Line, line_of
from campaigns.models import Campaign
from signatories import likeness, publicity, replies, second_eyes, verification
from signatories.admin import brought
from signatories.admin.comparing import Other, compare
from signatories.desk import regret, work
from signatories.models import (
    Dispute,
    Evidence,
    Merge,
    ModeChange,
    NameChange,
    Organisation,
    OutboxMail,
    Referral,
    Signature,
    SignatureEvent,
)
from signatories.models.signature import SignatureQuerySet
from signatories.retention import dating
from signatories.states import WAITING, EmailStatus, EventKind, EvidenceKind, Flag, Level, State


@dataclass(frozen=True)
class CaseFile:
    opened_at: datetime
    signature: Signature
    case: work.Waiting
    line: Line
    flags: list[str]
    level: Level
    bar: Level
    lacking: str
    evidence: list[Evidence]
    referrals: list[Referral]
    disputes: list[Dispute]
    suggests_domain_match: bool
    others: list[Other]
    elsewhere: int
    is_not_duplicate: bool
    events: QuerySet[SignatureEvent]
    merges: list[Merge]
    two_may_accept: bool
    question: SignatureEvent | None
    answer: SignatureEvent | None
    appeal: SignatureEvent | None
    regret: list[regret.Written]
    mails: list[OutboxMail]
    name_wish: NameChange | None
    publicity_wish: ModeChange | None

    @property
    def organisation(self) -> Organisation:
        return self.signature.organisation

    @property
    def offers_domain_match(self) -> bool:
        """Whether the program suggests evidence that nobody has recorded yet."""
        recorded = {item.kind for item in self.evidence if item.taken_back_at is None}
        return self.suggests_domain_match and EvidenceKind.DOMAIN_MATCH not in recorded

    @property
    def way_to_the_mailbox(self) -> str:
        """Whether mail to the first contact arrives, as far as is known (scenario S9)."""
        status = getattr(self.signature, "email_status", None) or EmailStatus.UNKNOWN
        return str(EmailStatus(status).label)

    @property
    def contacts_until(self) -> datetime | None:
        """When the contact will be erased, as things stand; None where there is none."""
        if not self.case.mailbox_domain:
            return None
        return dating.due_at(self.signature, keeping.contacts_until(self.signature.campaign))

    @property
    def may_be_vouched_for(self) -> bool:
        """Whether signatories can be asked about it now."""
        return self.signature.state in WAITING

    @property
    def domain_match_suffices(self) -> bool:
        """Whether the suggested evidence is all that an acceptance still needs."""
        kinds = [item.kind for item in self.evidence if item.counts]
        reached = verification.level_of([*kinds, EvidenceKind.DOMAIN_MATCH])
        return self.signature.state in WAITING and reached >= self.bar


def open_case(signature: Signature, user: User | AnonymousUser) -> CaseFile:
    """The case of a `signature` of `in_case`, with what `user` may know of other campaigns."""
    now = timezone.now()
    case = work.listed(signature, now)
    events = _trail(signature)
    own_events = [event for event in events if event.signature_id == signature.pk]
    # Most cases have none of what has a table of its own, and the trail says which: nobody else need be asked.
    happened = {event.kind for event in events}
    near = likeness.near(signature)
    look_alikes = [each.organisation for each in near if each.may_be_posed_as]
    compared = compare(signature, near, own_events, user, now)
    reached, needed = verification.level(signature), verification.bar(signature, look_alikes)
    return CaseFile(
        opened_at=now,
        signature=signature,
        case=case,
        line=line_of(signature, signature.campaign, get_language() or "en"),
        flags=[str(Flag(flag).label) for flag in signature.flags],
        level=reached,
        bar=needed,
        lacking=lacking(reached, needed),
        evidence=list(signature.evidence.all()),
        referrals=_referrals(signature) if EventKind.REFERRAL_ASKED in happened else [],
        disputes=_disputes(signature) if EventKind.DISPUTED in happened else [],
        suggests_domain_match=verification.suggests_domain_match(signature.organisation, case.mailbox_domain),
        others=compared.others,
        elsewhere=compared.elsewhere,
        is_not_duplicate=any(event.kind == EventKind.NOT_DUPLICATE for event in own_events)
        and not compared.has_open_twins,
        events=events,
        merges=list(Merge.objects.on_case(signature)) if _was_merged(signature, happened) else [],
        two_may_accept=second_eyes.may_be_asked(signature, reached, needed),
        question=second_eyes.open_question(own_events) if signature.state in WAITING else None,
        answer=replies.unread_answer(own_events) if signature.state in WAITING else None,
        appeal=replies.open_appeal(own_events) if signature.state == State.REJECTED else None,
        regret=regret.letters(signature, own_events),
        mails=brought.mails_of(signature),
        name_wish=_name_wish(signature) if EventKind.NAME_ASKED in happened else None,
        publicity_wish=_publicity_wish(signature) if EventKind.MODE_ASKED in happened else None,
    )


def in_case(signatures: SignatureQuerySet, user: User | AnonymousUser) -> SignatureQuerySet:
    """`signatures` with what `open_case` reads of each, and whether `user` moderates or manages its letter. Of a network that did not sign the same letter nothing is told."""
    evidence = Evidence.objects.select_related("recorded_by", "referrer__organisation")
    networks = Signature.objects.filter(
        campaign=OuterRef("campaign"), organisation=OuterRef("organisation__parent")
    ).order_by("-pk")
    return (
        work.in_list(signatures)
        .with_networks()
        .annotate(
            signer_language=work.of_first_contact("language"),
            mailbox_domains=brought.mailbox_domains(),
            mails_brought=brought.mails(),
            is_moderated=Exists(Campaign.objects.moderated_by(user).filter(pk=OuterRef("campaign"))),
            is_managed=Exists(Campaign.objects.managed_by(user).filter(pk=OuterRef("campaign"))),
            network_pk=Subquery(networks.values("pk")[:1]),
            network_title=Subquery(networks.values("organisation__name")[:1]),
        )
        .select_related("organisation", "campaign__host", "letter_version", "decided_by")
        .prefetch_related(Prefetch("evidence", evidence))
    )


def _referrals(signature: Signature) -> list[Referral]:
    asked = ("referrer__organisation", "requested_by", "agreed_by", "link", "evidence")
    return list(signature.referrals.select_related(*asked))


def _disputes(signature: Signature) -> list[Dispute]:
    return list(signature.disputes.confirmed().select_related("decided_by").defer("mailbox"))


def _name_wish(signature: Signature) -> NameChange | None:
    return signature.name_changes.open().first() if signature.state in publicity.CHANGEABLE else None


def _publicity_wish(signature: Signature) -> ModeChange | None:
    """What was confirmed by mail, from then until it is done."""
    confirmed = signature.mode_changes.standing().filter(confirmed_at__isnull=False)
    return confirmed.select_related("checked_by").first() if signature.state in publicity.CHANGEABLE else None


def _was_merged(signature: Signature, happened: set[str]) -> bool:
    return signature.state == State.MERGED or EventKind.MERGED in happened


def _trail(signature: Signature) -> QuerySet[SignatureEvent]:
    """What happened to the signature and to those that were merged into it, in its order."""
    own_or_merged = Q(signature=signature) | Q(signature__merged_into=signature)
    return SignatureEvent.objects.filter(own_or_merged).select_related("actor", "note", "signature")


def lacking(reached: Level, needed: Level) -> str:
    """What is still missing for an acceptance, in words; '' when nothing is."""
    if reached >= needed:
        return ""
    if reached == Level.V0:
        return _("The mailbox is not proven: the signer has not confirmed.")
    if needed == Level.V3 and reached == Level.V2:
        return _("This one needs a second channel as well: a call back, or a public statement.")
    words = _(
        "One more reason is needed: an established website on the mailbox's domain, a published address, a register, two signatories that vouch, …"
    )
    if needed == Level.V3:
        words += " " + _("Then a second channel: a call back, or a public statement.")
    return words
