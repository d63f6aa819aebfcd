"""What a signer may do: sign, ask for the mail again, confirm. Answers tell nobody who has signed."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns import life, reading
from campaigns.choices import PublicationMode
from campaigns.models import Campaign, ConsentText, LetterText
from campaigns.searching import search_key
from signatories import network, storing, tokens, verification
from signatories.identity import mailboxes, matching, names
from signatories.links import BadLink, LinkExpired, find_link
from signatories.mail import decoys, notices, outbox
from signatories.models import Consent, Contact, Evidence, MailLink, Organisation, Signature
from signatories.states import EmailStatus, EventKind, EvidenceKind, Flag, LinkPurpose, State
from signatories.transitions import SIGNER, AlreadyDecided, Refused, change_state, new_event

# Organisation, signature, contact, consent, event, link, mail.
ROWS_OF_A_FORM = 7


class LetterClosed(Refused):
    """The letter takes no signatures at this moment."""


class NoVersion(Refused):
    """The letter has no frozen version that could be signed."""


class AlreadyConfirmed(Refused):
    """The signature was confirmed before; says since when."""

    def __init__(self, signature: Signature) -> None:
        self.signature = signature
        super().__init__(_("Already confirmed."))


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What a form says, cleaned: single lines without control characters, a parsed mailbox, a known country code."""

    name: str
    native_name: str = ""
    acronym: str = ""
    website: str = ""
    country_code: str
    org_type: str
    contact_name: str
    contact_role: str
    mailbox: str
    publication_mode: str = PublicationMode.PUBLIC
    consents: tuple[ConsentText, ...] = ()
    via: str = ""
    was_too_fast: bool = False
    network_hash: str = ""  # `network.hash_of` the request
    # A moderator sends the mail: the letter asked for a proof of work and got none (`proving`), or got too many forms.
    is_held: bool = False
    # Its mailbox or domain is over a limit (`limiting`): no mail until somebody asks for it.
    mail_waits: bool = False


def organisation_from(entry: Entry) -> Organisation:
    """The organisation as `entry` states it, not yet saved, with the keys by which it is sorted and matched."""
    organisation = Organisation(
        name=entry.name,
        native_name=entry.native_name,
        acronym=entry.acronym,
        website=entry.website,
        registrable_domain=matching.registrable_domain(entry.website),
        country_code=entry.country_code,
        org_type=entry.org_type,
        sort_key=names.sort_key(entry.name),
        match_key=names.match_key(entry.name),
    )
    organisation.search_key = search_key(organisation.spoken)
    return organisation


def sign(*, campaign: Campaign, entry: Entry, language: str, heading: LetterText | None = None) -> str:
    """Stores a form with its mail in one transaction and gives its reference, four characters.

    `heading` is the text of the letter's newest frozen version in `language`, where the caller has it.

    The same mailbox and name on the same campaign is the same signature: then nothing is written and nothing
    is sent, and the answer is the same. Raises LetterClosed, NoVersion.
    """
    now = timezone.now()
    if not life.accepts_forms(campaign, now):
        raise LetterClosed(_("This letter does not take signatures now."))
    heading = heading or reading.letter_text(campaign, language)
    if heading is None:
        raise NoVersion(_("This letter has no text to sign yet."))
    organisation = organisation_from(entry)
    key = tokens.submission_key(
        campaign_id=campaign.pk,
        mailbox=mailboxes.canonical(entry.mailbox),
        match_key=organisation.match_key,
    )
    try:
        with transaction.atomic():
            _store(campaign, heading, organisation, entry, key, language, now)
    except IntegrityError as error:
        if "signature_one_live_per_submission" not in str(error):
            raise
        with transaction.atomic():
            decoys.write(ROWS_OF_A_FORM)
    # Also when nothing was written: with a broker that is away, the time of the answer would tell.
    transaction.on_commit(outbox.nudge)
    return key[-4:]


def _store(
    campaign: Campaign,
    heading: LetterText,
    organisation: Organisation,
    entry: Entry,
    key: str,
    language: str,
    now: datetime,
) -> None:
    mailbox_domain = mailboxes.domain_of(entry.mailbox)
    signature = Signature(
        campaign=campaign,
        organisation=organisation,
        letter_version_id=heading.version_id,
        publication_mode=entry.publication_mode,
        via=entry.via,
        language=language,
        flags=verification.flags_of_form(
            organisation,
            mailbox_domain,
            entry.contact_name,
            fast=entry.was_too_fast,
            held=entry.is_held,
        ),
        submission_key=key,
        network_hash=entry.network_hash,
        submitted_at=now,
    )
    contact = Contact(
        signature=signature,
        name=entry.contact_name,
        role=entry.contact_role,
        mailbox=entry.mailbox,
        mailbox_hash=mailboxes.lookup_hash(entry.mailbox),
        mailbox_domain=mailbox_domain,
        language=language,
    )
    event = new_event(
        signature, kind=EventKind.SIGNED, actor=SIGNER, to_state=State.SUBMITTED, happened_at=now
    )
    # A mailbox that others flood with forms in its name is not flooded with mail. The form is stored all the same.
    waits = entry.mail_waits or entry.is_held
    slot = None if waits else outbox.slot_for_form(contact.mailbox_hash, campaign.pk, now)
    # Written also where it isn't stored: the time of the answer would tell that the mailbox has signed.
    mail = notices.confirmation(signature, contact, now, not_before=slot or now, title=heading.title)
    consents = [new_consent(contact, text, now) for text in entry.consents]
    storing.insert([organisation, signature, contact, *consents, event, *(mail if slot else ())])


def new_consent(contact: Contact, text: ConsentText, now: datetime) -> Consent:
    return Consent(
        contact=contact,
        kind=text.kind,
        text_version=text.version,
        language=text.language,
        wording_sha256=hashlib.sha256(text.wording.encode()).hexdigest(),
        given_at=now,
    )


def send_again(*, campaign: Campaign, mailbox: str, reference: str = "", within_limits: bool = True) -> None:
    """Queues a fresh confirmation mail for an unconfirmed signature of `mailbox` on `campaign`, within the limits.

    That of `reference`, or of none: whoever knows his reference must not get a stranger's later form instead. Without a
    reference it is the newest one.
    Says nothing, whatever it found: the caller answers alike for every mailbox (product.md, rule 6). It takes as long, too,
    where the mailbox is not `within_limits` of its own (`limiting`).
    """
    now = timezone.now()
    lookup_hash = mailboxes.lookup_hash(mailbox)
    with transaction.atomic():
        # Also for a mailbox that nothing waits for: with a broker that is away, the time of the answer would tell.
        transaction.on_commit(outbox.nudge)
        contact = (
            Contact.objects.of_mailbox(lookup_hash)
            .filter(
                signature__campaign=campaign,
                signature__state=State.SUBMITTED,
                signature__submission_key__endswith=reference,
            )
            .exclude(signature__flags__contains=[Flag.NO_PROOF])  # a moderator looks first
            .select_related(
                "signature__organisation", "signature__campaign__host", "signature__letter_version"
            )
            .order_by("-signature__submitted_at")
            .first()
        )
        if contact is not None and reference:
            slot = outbox.slot_of_form(lookup_hash, contact.signature, now)
        else:
            slot = outbox.next_confirm_slot(lookup_hash, now)
        if contact is not None and within_limits and slot <= now:
            _mail_again(contact, now)
        else:
            notices.ask_nobody(campaign, mailbox, now)


def send_new_link(signature: Signature) -> None:
    """Queues a mail with a new link to the mailbox that was given with the form, within the limits; for one that is unconfirmed.

    Says nothing, whatever it did: whoever presses the button of an old link may have got it from anybody.
    """
    now = timezone.now()
    with transaction.atomic():
        transaction.on_commit(outbox.nudge)
        contact = signature.contacts.filter(is_primary=True).first()
        if contact is None or signature.state != State.SUBMITTED or Flag.NO_PROOF in signature.flags:
            return
        if outbox.slot_of_form(contact.mailbox_hash, signature, now) <= now:
            contact.signature = signature
            _mail_again(contact, now)


def _mail_again(contact: Contact, now: datetime) -> None:
    link, mail = notices.confirmation(contact.signature, contact, now, not_before=now)
    event = new_event(contact.signature, kind=EventKind.MAIL_AGAIN, actor=SIGNER, happened_at=now)
    storing.insert([link, event, mail])


def may_confirm(link: MailLink, now: datetime) -> None:
    """Raises AlreadyConfirmed, BadLink, LinkExpired or LetterClosed if `link` can't confirm at the moment `now`."""
    signature = link.signature
    if signature.confirmed_at is not None:
        raise AlreadyConfirmed(signature)
    if signature.state != State.SUBMITTED:
        raise BadLink(_("This link is not known. Perhaps a piece of it is missing."))
    if link.expires_at <= now:
        raise LinkExpired(_("This link has expired."))
    if not life.accepts_confirmation(signature.campaign, signature.submitted_at, now):
        raise LetterClosed(_("This letter has closed, and the day for late confirmations is over."))


def confirm(*, token: str) -> Signature:
    """The signer's own confirmation, mandate included: submitted → confirmed, the mailbox is evidence.

    Raises what `find_link` and `may_confirm` raise.
    """
    now = timezone.now()
    link = find_link(token, LinkPurpose.CONFIRM)
    may_confirm(link, now)
    signature = link.signature
    raised = set(signature.flags) | set(verification.flags_of_register(signature))
    try:
        with transaction.atomic():
            # Before the row: a form of the same mailbox takes them in this order, too.
            outbox.alone_with(
                signature.contacts.filter(is_primary=True).values_list("mailbox_hash", flat=True)
            )
            change_state(
                signature,
                to=State.CONFIRMED,
                actor=SIGNER,
                confirmed_at=now,
                flags=[flag for flag in Flag if flag in raised],
            )
            Evidence.objects.create(signature=signature, kind=EvidenceKind.MAILBOX, recorded_at=now)
            MailLink.objects.filter(pk=link.pk).update(used_at=now)
            signature.contacts.filter(is_primary=True).update(email_status=EmailStatus.DELIVERED)
            _mail_next_form(signature, now)
    except AlreadyDecided as error:
        if error.signature.confirmed_at is None:  # it expired, or was rejected, at this very moment
            raise BadLink(_("This link is not known. Perhaps a piece of it is missing.")) from error
        raise AlreadyConfirmed(error.signature) from error
    network.flag_neighbours(signature)
    return signature


def _mail_next_form(signature: Signature, now: datetime) -> None:
    """The mailbox is proven: the oldest other form of it on this letter that had no mail yet gets one (`slot_for_form`)."""
    mailbox = signature.contacts.filter(is_primary=True).values("mailbox_hash")
    contact = (
        Contact.objects.filter(
            mailbox_hash__in=mailbox,
            is_primary=True,
            signature__campaign=signature.campaign_id,
            signature__state=State.SUBMITTED,
            signature__mails=None,
        )
        .exclude(signature__flags__contains=[Flag.NO_PROOF])
        .select_related("signature__organisation", "signature__campaign__host", "signature__letter_version")
        .order_by("signature__submitted_at")
        .first()
    )
    if contact is None:
        return
    slot = outbox.next_confirm_slot(contact.mailbox_hash, now)
    if slot <= now + outbox.LONGEST_WAIT:
        notices.ask_to_confirm(contact.signature, contact, now, not_before=slot)
