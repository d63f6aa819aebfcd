"""What waits for the staff: the oldest cases, the numbers beside them, and whether mail flows."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AnonymousUser, User
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Min, OuterRef, Q, Subquery
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from campaigns import countries
from campaigns.choices import Intake, Stage
from campaigns.models import Campaign
from signatories import replies, second_eyes, verification
from signatories.desk import clusters, wishes
from signatories.desk.wishes import Wishes
from signatories.mail import budget
from signatories.models import Contact, Dispute, Evidence, Heartbeat, OutboxMail, Signature
from signatories.models.signature import SignatureQuerySet
from signatories.replies import ANSWERS, Replies
from signatories.states import WAITING, EventKind, Flag, Level, MailState, State
from signatories.telling import kind_of_last

SHOWN = 20


@dataclass(frozen=True)
class Waiting:
    """One case in the list."""

    signature: Signature
    country: str
    mailbox_domain: str
    level: Level
    flags: str
    age: str
    standing: str


@dataclass(frozen=True)
class Work:
    """The desk's home page at one moment. `sentence` says it in a line (scenario M1)."""

    waiting: list[Waiting]
    to_check: int
    oldest: str
    on_hold: int
    unconfirmed: int
    held: int
    second_eyes: int
    replies: Replies
    wishes: Wishes
    disputed: int
    mail_queued: int
    mail_failed: int
    worker_seen: datetime | None
    worker_alive: bool
    backup_age: str
    backup_late: bool
    confirmations_wait_until: datetime | None
    has_clusters: bool
    letters: list[Campaign]
    seen: dict[str, Heartbeat]

    @property
    def guarded(self) -> list[Campaign]:
        """The letters whose forms are not simply taken from everybody."""
        return [each for each in self.letters if each.intake != Intake.NORMAL]

    @property
    def sentence(self) -> str:
        parts = [
            ngettext("%(count)d to check", "%(count)d to check", self.to_check) % {"count": self.to_check}
        ]
        if self.oldest:
            parts.append(_("oldest %(age)s") % {"age": self.oldest})
        if self.disputed:
            parts.append(
                ngettext("%(count)d dispute", "%(count)d disputes", self.disputed) % {"count": self.disputed}
            )
        parts.append(_("worker alive") if self.worker_alive else _("worker silent"))
        parts.append(_("mail queue %(count)d") % {"count": self.mail_queued + self.mail_failed})
        if self.backup_age:
            parts.append(_("backup %(age)s old") % {"age": self.backup_age})
        return ", ".join(parts)


def of(user: User | AnonymousUser, now: datetime) -> Work:
    """What waits on the campaigns of `user`; as many queries, however much it is."""
    mine = Signature.objects.visible_to(user)
    numbers = mine.filter(state__in=[State.SUBMITTED, *WAITING]).aggregate(
        to_check=Count("pk", filter=Q(state=State.CONFIRMED)),
        oldest=Min("confirmed_at", filter=Q(state=State.CONFIRMED)),
        on_hold=Count("pk", filter=Q(state=State.ON_HOLD)),
        unconfirmed=Count("pk", filter=Q(state=State.SUBMITTED)),
        held=Count("pk", filter=Q(state=State.SUBMITTED, flags__contains=[Flag.NO_PROOF])),
    )
    disputes = Dispute.objects.open().filter(signature__in=mine)
    mail = OutboxMail.objects.filter(~Q(state=MailState.SENT) | budget.used(now)).aggregate(
        queued=Count("pk", filter=Q(state__in=[MailState.QUEUED, MailState.SENDING])),
        failed=Count("pk", filter=Q(state=MailState.FAILED)),
        confirmations_used=Count("pk", filter=budget.used(now)),
        confirmations_due=Count("pk", filter=budget.due(now)),
    )
    seen = Heartbeat.objects.in_bulk()
    worker, backup = seen.get(Heartbeat.WORKER), seen.get(Heartbeat.BACKUP)
    return Work(
        waiting=[listed(signature, now) for signature in in_list(first_to_check(mine))[:SHOWN]],
        to_check=numbers["to_check"],
        oldest=age(numbers["oldest"], now),
        on_hold=numbers["on_hold"],
        unconfirmed=numbers["unconfirmed"],
        held=numbers["held"],
        second_eyes=second_eyes.wanted(mine).count(),
        replies=replies.count(mine),
        wishes=wishes.count(mine),
        # Signatures, not papers: fifty trolls on one line are one case to look at.
        disputed=disputes.values("signature").distinct().count(),
        mail_queued=mail["queued"],
        mail_failed=mail["failed"],
        worker_seen=worker.seen_at if worker else None,
        worker_alive=worker is not None and not worker.is_silent(now),
        backup_age=age(backup.seen_at, now) if backup else "",
        backup_late=backup is not None and now - backup.seen_at > Heartbeat.BACKUP_LATE_AFTER,
        confirmations_wait_until=budget.waits_until(
            now, used=mail["confirmations_used"], due=mail["confirmations_due"]
        ),
        has_clusters=clusters.is_there_one(user, now),
        letters=list(Campaign.objects.visible_to(user).filter(stage=Stage.PUBLIC).order_by("slug")),
        seen=seen,
    )


def first_to_check(signatures: SignatureQuerySet) -> SignatureQuerySet:
    """What waits: those to check by age, after them those on hold, which wait for somebody else."""
    return signatures.waiting().order_by("state", "confirmed_at", "pk")


def in_list(signatures: SignatureQuerySet) -> SignatureQuerySet:
    """`signatures` with what a line of a list shows, in one query; of the contact only the mailbox's domain and whether mail arrives."""
    counting = Evidence.objects.counting().filter(signature=OuterRef("pk"))
    # Looked up for the rows of a page. A join would be made for all of them, to count them, too.
    return signatures.select_related("organisation", "campaign").annotate(
        mailbox_domain=of_first_contact("mailbox_domain"),
        email_status=of_first_contact("email_status"),
        answer_told=kind_of_last(ANSWERS),
        counting_kinds=ArraySubquery(counting.order_by().values("kind")),
    )


def of_first_contact(column: str) -> Subquery:
    """For a query of signatures: what stands in a column of the first contact, which there may not be."""
    first = Contact.objects.filter(signature=OuterRef("pk"), is_primary=True)
    return Subquery(first.values(column)[:1])


def listed(signature: Signature, now: datetime) -> Waiting:
    """A line of the list for one signature of `in_list`."""
    return Waiting(
        signature=signature,
        country=country_of(signature),
        mailbox_domain=getattr(signature, "mailbox_domain", None) or "",
        level=level(signature),
        flags=flags_in_words(signature),
        age=age(signature.confirmed_at or signature.submitted_at, now),
        standing=standing(signature),
    )


def level(signature: Signature) -> Level:
    """The verification level of a signature of `in_list`, without a query."""
    return verification.level_of(getattr(signature, "counting_kinds", []))


def standing(signature: Signature) -> str:
    """The state of a signature of `in_list`, and whether its signer has answered a question since."""
    state = str(signature.get_state_display())
    if signature.state in WAITING and getattr(signature, "answer_told", None) == EventKind.ANSWERED:
        return _("%(state)s, answered") % {"state": state}
    return state


def country_of(signature: Signature) -> str:
    """The country or territory under the campaign's naming policy, in the language of the interface."""
    organisation = signature.organisation
    return organisation.country_label or countries.label(
        organisation.country_code, get_language() or "en", signature.campaign.naming_policy
    )


def flags_in_words(signature: Signature) -> str:
    return "; ".join(str(Flag(flag).label) for flag in signature.flags)


def age(moment: datetime | None, now: datetime) -> str:
    """How long ago in one short word: 12 min, 6 h, 3 d; '' for never."""
    if moment is None:
        return ""
    minutes = max(0, int((now - moment).total_seconds() // 60))
    if minutes < 60:
        return _("%(count)d min") % {"count": minutes}
    if minutes < 48 * 60:
        return _("%(count)d h") % {"count": minutes // 60}
    return _("%(count)d d") % {"count": minutes // (24 * 60)}
