"""The demo's signatures, accepted ones and those that wait, as if they had come by the form."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.text import slugify

from campaigns import keeping, life
from campaigns.choices import PublicationMode
from campaigns.models import Campaign
from signatories import signing, tokens, verification
from signatories.identity import mailboxes
from signatories.models import Contact, Evidence, Organisation, Signature
from signatories.states import EventKind, EvidenceKind, Flag, State
from signatories.transitions import SIGNER, record, staff

Facts = dict[str, Any]
Register = dict[str, Organisation]


def _entry(facts: Facts) -> signing.Entry:
    website = facts.get("website", "")
    contact = facts.get("contact") or {
        "name": "Sample Contact",
        "role": "Director",
        "mailbox": f"director@{website.removeprefix('https://') or slugify(facts['name']) + '.example'}",
    }
    return signing.Entry(
        name=facts["name"],
        native_name=facts.get("native_name", ""),
        acronym=facts.get("acronym", ""),
        website=website,
        country_code=facts["country"],
        org_type=facts["org_type"],
        contact_name=contact["name"],
        contact_role=contact["role"],
        mailbox=contact["mailbox"],
    )


def _signature(
    campaign: Campaign, facts: Facts, register: Register, confirmed_at: datetime, **columns: Any
) -> Signature:
    """One signature in the state given, as if it had come by the form an hour before it was confirmed."""
    entry = _entry(facts)
    organisation = _organisation(entry, facts, register)
    submitted_at = confirmed_at - timedelta(hours=1)
    domain = mailboxes.domain_of(entry.mailbox)
    signature = Signature.objects.create(
        campaign=campaign,
        organisation=organisation,
        letter_version=campaign.letter_versions.get(),
        flags=verification.flags_of_form(organisation, domain, entry.contact_name),
        submission_key=tokens.submission_key(
            campaign_id=campaign.pk,
            mailbox=mailboxes.canonical(entry.mailbox),
            match_key=organisation.match_key,
        ),
        publication_mode=_mode(facts),
        submitted_at=submitted_at,
        confirmed_at=confirmed_at,
        **columns,
    )
    if keeping.contacts_until(campaign) > timezone.now():  # else they have been erased on their day
        _contact(signature, entry, domain)
    record(signature, kind=EventKind.SIGNED, actor=SIGNER, to_state=State.SUBMITTED, happened_at=submitted_at)
    _moved(signature, State.SUBMITTED, State.CONFIRMED, confirmed_at)
    Evidence.objects.create(signature=signature, kind=EvidenceKind.MAILBOX, recorded_at=confirmed_at)
    return signature


def _organisation(entry: signing.Entry, facts: Facts, register: Register) -> Organisation:
    """That of an earlier letter, if it signed one."""
    if entry.name in register:
        return register[entry.name]
    organisation = signing.organisation_from(entry)
    organisation.native_language = facts.get("native_language", "")
    organisation.save()
    return organisation


def _contact(signature: Signature, entry: signing.Entry, domain: str) -> None:
    Contact.objects.create(
        signature=signature,
        name=entry.contact_name,
        role=entry.contact_role,
        mailbox=entry.mailbox,
        mailbox_hash=mailboxes.lookup_hash(entry.mailbox),
        mailbox_domain=domain,
        email_status="delivered",
    )


def _mode(facts: Facts) -> PublicationMode:
    return PublicationMode(facts.get("mode", PublicationMode.PUBLIC))


def _joined(campaign: Campaign, facts: Facts, decided_at: datetime) -> datetime:
    """A name that is public counts at once, another one since the next daily batch."""
    if _mode(facts) == PublicationMode.PUBLIC:
        return decided_at
    return life.last_daily(campaign, decided_at + timedelta(days=1))


def _moved(
    signature: Signature,
    before: State,
    after: State,
    moment: datetime,
    user: User | None = None,
    note: str = "",
) -> None:
    record(
        signature,
        kind=EventKind.CHANGED,
        actor=staff(user) if user else SIGNER,
        from_state=before,
        to_state=after,
        note=note,
        happened_at=moment,
    )


def accepted(campaign: Campaign, facts: Facts, register: Register, user: User) -> None:
    confirmed_at = max(timezone.now() - timedelta(days=facts["signed_days_ago"]), campaign.opens_at)
    decided_at = min(confirmed_at + timedelta(hours=5), timezone.now())
    signature = _signature(
        campaign,
        facts,
        register,
        confirmed_at,
        state=State.ACCEPTED,
        role="convenor" if facts.get("convenor") else "signatory",
        decided_at=decided_at,
        decided_by=user,
        joined_total_at=_joined(campaign, facts, decided_at),
    )
    organisation = signature.organisation
    register[organisation.name] = organisation
    organisation.parent = register.get(facts.get("parent", ""))
    organisation.registered_at = organisation.registered_at or decided_at
    organisation.save(update_fields=["parent", "registered_at"])
    kind = EvidenceKind.DOMAIN_MATCH if organisation.website else EvidenceKind.PUBLISHED_ADDRESS
    Evidence.objects.create(signature=signature, kind=kind, recorded_by=user, recorded_at=decided_at)
    record(signature, kind=EventKind.EVIDENCE, actor=staff(user), detail=kind, happened_at=decided_at)
    if _mode(facts) == PublicationMode.WITHHELD:  # a second channel is needed
        Evidence.objects.create(
            signature=signature, kind=EvidenceKind.CALLBACK, recorded_by=user, recorded_at=decided_at
        )
    _moved(signature, State.CONFIRMED, State.ACCEPTED, decided_at, user)


def waiting(campaign: Campaign, facts: Facts, user: User) -> None:
    confirmed_at = timezone.now() - timedelta(minutes=facts["waiting_minutes"])
    signature = _signature(campaign, facts, {}, confirmed_at, state=facts["state"])
    raised = {*signature.flags, *verification.flags_of_register(signature)}
    signature.flags = [flag for flag in Flag if flag in raised]
    signature.save(update_fields=["flags"])
    record(
        signature, kind=EventKind.NOTE, actor=staff(user), note=facts["condition"], happened_at=confirmed_at
    )
    if signature.state == State.ON_HOLD:
        held_at = confirmed_at + timedelta(hours=2)
        Signature.objects.filter(pk=signature.pk).update(decided_at=held_at, decided_by=user)
        _moved(signature, State.CONFIRMED, State.ON_HOLD, held_at, user, note=facts["question"])
