"""What anybody may do about a public line that is wrong: say so, and prove the mailbox. Answers tell nobody who has signed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.choices import PublicationMode
from signatories.identity import mailboxes
from signatories.insiders import is_from_inside, is_of_a_contact
from signatories.links import BadLink, LinkExpired, find_link
from signatories.mail import notices, outbox
from signatories.models import Dispute, MailLink, OutboxMail, Signature
from signatories.states import EventKind, Flag, LinkPurpose, MailKind, State
from signatories.transitions import SYSTEM, change_state, record
from signatories.turns import decide_in_turn

# Nobody's mailbox can be flooded through the form: so many mails a day, so far apart.
MAILS_A_DAY = 3
MAIL_PAUSE = timedelta(seconds=60)
# People who share a network, an office or a relay, don't find ten wrong lines in an hour; robots do.
FORMS_AN_HOUR = 10
# A line draws a handful of disputes. Whoever sends twenty wants to bury the staff.
OF_ONE_LINE_A_DAY = 20
# All that outsiders dispute on a letter. A mail server that sends more of such mail, unasked as most of it would be, is soon
# refused by others, and then the signers' confirmations are lost with it.
OF_A_LETTER_AN_HOUR = 60
AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Objection:
    """What a form says, cleaned: a parsed mailbox, and words of a stranger."""

    mailbox: str
    words: str
    language: str
    network_hash: str = ""


def dispute(*, signature: Signature, objection: Objection) -> None:
    """Stores what is said against a public line, with the mail that asks to confirm it; nothing, beyond the limits.

    The same mailbox on the same line is the same dispute: until it is confirmed, the newest words stand. Says nothing,
    whatever it did: the caller answers alike for every mailbox (product.md, rule 6).
    """
    now = timezone.now()
    mailbox_hash = mailboxes.lookup_hash(objection.mailbox)
    with transaction.atomic():
        # Also when nothing is written: with a broker that is away, the time of the answer would tell.
        transaction.on_commit(outbox.nudge)
        _one_at_a_time()
        # Locked: it may be confirmed at this very moment.
        same = Dispute.objects.select_for_update().filter(signature=signature, mailbox_hash=mailbox_hash)
        known = same.filter(outcome="").first()
        told = Dispute(
            pk=known.pk if known else None,
            signature=signature,
            mailbox=objection.mailbox,
            mailbox_hash=mailbox_hash,
            mailbox_domain=mailboxes.domain_of(objection.mailbox),
            words=objection.words,
            language=objection.language,
            network_hash=objection.network_hash,
            sent_at=now,
        )
        told.from_inside = is_from_inside(told)
        is_open = known is not None and known.is_open
        # Asked also where it changes nothing: the time of the answer would tell.
        is_within_limits = _is_within_limits(told, now)
        if not is_open and is_within_limits:
            _store(told, now)
        else:
            notices.ask_nobody(signature.campaign, objection.mailbox, now)


def _one_at_a_time() -> None:
    """Until the end of the transaction nobody else counts. Disputes are rare, and their limits reach across letters."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('disputes', 0))")


def _is_within_limits(told: Dispute, now: datetime) -> bool:
    """Whether a mail may go out for `told`.

    What is not confirmed, anybody may have typed: with names that are made up, or with the insider's own. Whoever put a false
    line up could use limits that all share to keep the organisation from taking it down, day after day. So an insider has
    mails of his own for his line, shares the other limits with his own network alone, and a stored contact shares none.
    """
    # All of them, whatever one of them says: a shorter way would be a faster answer.
    limits = _may_be_mailed(told, now), is_of_a_contact(told), _is_no_flood(told, now)
    may_be_mailed, is_of_a_contact_of_it, is_no_flood = limits
    return may_be_mailed and (is_of_a_contact_of_it or is_no_flood)


def _may_be_mailed(told: Dispute, now: datetime) -> bool:
    mails = OutboxMail.objects.filter(
        recipient_hash=told.mailbox_hash, kind=MailKind.DISPUTE_CONFIRM, created_at__gt=now - A_DAY
    )
    if told.from_inside:
        mails = mails.filter(signature=told.signature)
    mailed = list(mails.order_by("-created_at").values_list("created_at", flat=True)[:MAILS_A_DAY])
    return len(mailed) < MAILS_A_DAY and not (mailed and mailed[0] > now - MAIL_PAUSE)


def _is_no_flood(told: Dispute, now: datetime) -> bool:
    others = Dispute.objects.exclude(pk=told.pk)
    of_network = others.filter(network_hash=told.network_hash)
    alike = (of_network if told.from_inside else others).filter(from_inside=told.from_inside)
    of_line = alike.filter(signature=told.signature, outcome="", sent_at__gt=now - A_DAY)
    of_letter = alike.filter(signature__campaign=told.signature.campaign_id, sent_at__gt=now - AN_HOUR)
    counted = of_network.filter(sent_at__gt=now - AN_HOUR).count(), of_line.count(), of_letter.count()
    from_network, on_line, on_letter = counted
    is_one_of_many = bool(told.network_hash) and from_network >= FORMS_AN_HOUR
    return not is_one_of_many and on_line < OF_ONE_LINE_A_DAY and on_letter < OF_A_LETTER_AN_HOUR


def _store(told: Dispute, now: datetime) -> None:
    """With a link of its own each time: what an older mail confirms would be words that its reader has not seen."""
    if told.pk:
        MailLink.objects.filter(dispute=told).delete()
    told.link = notices.ask_to_confirm_dispute(told, now)
    told.save()


def find_dispute(token: str) -> Dispute:
    """The dispute of a mailed link. Raises BadLink, also for a link whose place a newer one has taken."""
    link = find_link(token, LinkPurpose.DISPUTE)
    told = Dispute.objects.filter(link=link).select_related("link").first()
    if told is None:
        raise BadLink(_("This link is not known. Perhaps a piece of it is missing."))
    told.signature = link.signature
    return told


def refuse_expired(told: Dispute, now: datetime) -> None:
    """Raises LinkExpired if `told` can't be confirmed any more; one that was confirmed can still be looked at."""
    if told.confirmed_at is None and told.link is not None and told.link.expires_at <= now:
        raise LinkExpired(_("This link has expired."))


def confirm_dispute(*, token: str, words: str) -> None:
    """The mailbox is proven: from inside the line leaves list and count at once, from anybody else staff get a ticket.

    `words` are those of the page that confirms, where they can still be changed: what the form said may have been typed by
    somebody else. A second time nothing happens. Raises BadLink and LinkExpired.
    """
    now = timezone.now()
    told = find_dispute(token)
    refuse_expired(told, now)
    with transaction.atomic():
        # Nobody accepts, or merges, at this very moment what is being disputed.
        decide_in_turn(told.signature.campaign_id)
        told.signature = _locked(told.signature_id)
        inside = is_from_inside(told)
        # What became of the line meanwhile; one that was merged lives on in the other.
        stands = _locked(told.signature.merged_into_id or told.signature_id)
        if Dispute.objects.filter(pk=told.pk, confirmed_at=None).update(
            signature=stands, confirmed_at=now, from_inside=inside, words=words
        ):
            MailLink.objects.filter(dispute=told).update(used_at=now)
            _take_in(stands, inside, now)


def _locked(signature: int) -> Signature:
    return Signature.objects.select_for_update(no_key=True).get(pk=signature)


def _take_in(signature: Signature, inside: bool, now: datetime) -> None:
    """What follows for the signature. An ended one, or one that is not public any more, stays where it is."""
    record(signature, kind=EventKind.DISPUTED, actor=SYSTEM, detail="inside" if inside else "outside")
    raised = {*signature.flags, Flag.DISPUTED}
    flags = [flag.value for flag in Flag if flag in raised]
    is_public = signature.publication_mode == PublicationMode.PUBLIC
    if inside and is_public and signature.state in (State.ACCEPTED, State.CONFIRMED):
        change_state(
            signature,
            to=State.ON_HOLD,
            actor=SYSTEM,
            flags=flags,
            decided_at=now,
            decided_by=None,
            joined_total_at=None,
        )
    else:
        Signature.objects.filter(pk=signature.pk).update(flags=flags)
