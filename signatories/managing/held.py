"""Everything that the database holds about a signature and one of its contacts, for that contact (scenario S7).

Staff stay among themselves: that they noted, asked or decided something is told, who and in which words is not; but for what was
mailed to the signer anyway.
"""

import json
import zipfile
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from typing import Any

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from signatories.managing import fresh
from signatories.models import Contact, Signature, SignatureEvent
from signatories.signer_view import as_its_signer_knows_it, decided_at, evidence_of
from signatories.states import ActorKind, EventKind, LinkPurpose, State
from signatories.telling import MERGE_DETAIL
from signatories.transitions import SIGNER, record

# Their words are the signer's own, or were mailed to the signer.
_TOLD = (EventKind.ASKED, EventKind.ANSWERED, EventKind.APPEALED)
# These tell that there is another signature of the same organisation, which may be withheld (scenario S15). So do some flags and
# reasons, which are the staff's own words in short.
_OF_ANOTHER = (EventKind.MERGED, EventKind.UNMERGED, EventKind.NOT_DUPLICATE)
Held = dict[str, Any]


def take_out(*, digest: str) -> bytes:
    """The files of `contact` as one ZIP: data.json and the same to read, data.html. Raises what `fresh.use` raises."""
    now = timezone.now()
    with transaction.atomic():
        _link, contact = fresh.use(digest, LinkPurpose.DOWNLOAD, now)
        record(contact.signature, kind=EventKind.DOWNLOADED, actor=SIGNER, happened_at=now)
    held = everything(Contact.objects.get(pk=contact.pk), now)
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as files:
        files.writestr("data.json", json.dumps(held, ensure_ascii=False, indent=2))
        files.writestr(
            "data.html", render_to_string("signatories/manage/held.html", {"held": list(_rows(held))})
        )
    return packed.getvalue()


def everything(contact: Contact, now: datetime) -> Held:
    """What is held, as JSON values; the keys are English words, the times ISO 8601 in UTC."""
    signature = Signature.objects.select_related("organisation", "campaign", "letter_version").get(
        pk=contact.signature_id
    )
    return {
        "made_at": _moment(now),
        "letter": signature.campaign.slug,
        "organisation": _organisation(signature),
        "signature": _signature(signature),
        "contact": _contact(contact),
        "other_contacts": signature.contacts.exclude(pk=contact.pk).count(),
        "consents": _consents(contact),
        "evidence": _evidence(signature),
        "events": _events(signature),
        "mails": _mails(signature, contact),
        "links": _links(contact),
        "disputes": _disputes(signature),
        "wishes": _wishes(signature, contact),
    }


def _organisation(signature: Signature) -> Held:
    """Not the aliases: a merge writes there what the other signature was called, which may be withheld (scenario S15)."""
    organisation = as_its_signer_knows_it(signature)[0]
    columns = (
        "name",
        "native_name",
        "acronym",
        "country_code",
        "org_type",
        "website",
        "identifier",
    )
    return {column: getattr(organisation, column) for column in columns}


def _signature(signature: Signature) -> Held:
    return {
        "reference": signature.reference,
        "public_id": str(signature.public_id),
        "state": as_its_signer_knows_it(signature)[1],
        "publication_mode": signature.publication_mode,
        "letter_version": signature.letter_version.number,
        "language": signature.language,
        "source": signature.source,
        "via": signature.via,
        "submitted_at": _moment(signature.submitted_at),
        "confirmed_at": _moment(signature.confirmed_at),
        "decided_at": _moment(decided_at(signature)),
        "withdrawn_at": _moment(signature.withdrawn_at),
        "network_hash": signature.network_hash,
    }


def _contact(contact: Contact) -> Held:
    return {
        "name": contact.name,
        "role": contact.role,
        "mailbox": contact.mailbox,
        "is_first_contact": contact.is_primary,
        "language": contact.language,
        "way_to_the_mailbox": contact.email_status,
        "created_at": _moment(contact.created_at),
        "erase_after": _moment(contact.erase_after),
    }


def _consents(contact: Contact) -> list[Held]:
    return [
        {
            "kind": each.kind,
            "text_version": each.text_version,
            "language": each.language,
            "wording_sha256": each.wording_sha256,
            "given_at": _moment(each.given_at),
            "taken_back_at": _moment(each.taken_back_at),
        }
        for each in contact.consents.order_by("given_at")
    ]


def _evidence(signature: Signature) -> list[Held]:
    return [
        {
            "kind": each.kind,
            "recorded_at": _moment(each.recorded_at),
            "taken_back_at": _moment(each.taken_back_at),
        }
        for each in evidence_of(signature)
    ]


def _events(signature: Signature) -> list[Held]:
    events = [
        {
            "what": event.kind,
            "by": event.actor_kind,
            "from": event.from_state,
            "to": event.to_state,
            "at": _moment(event.happened_at),
            "words": _words(event),
        }
        for event in signature.events.exclude(kind__in=_OF_ANOTHER).select_related("note")
        if not event.detail.startswith(MERGE_DETAIL)
    ]
    return sorted([*events, *_withdrawal(signature)], key=lambda event: str(event["at"]))


def _withdrawal(signature: Signature) -> list[Held]:
    """Of one that was merged away the trail has no such step, and its signer must not see that it lacks."""
    if signature.state != State.MERGED or signature.withdrawn_at is None:
        return []
    return [
        {
            "what": EventKind.CHANGED.value,
            "by": ActorKind.SIGNER.value,
            "from": signature.merges_away.get(undone_at=None).before["state"],
            "to": State.WITHDRAWN.value,
            "at": _moment(signature.withdrawn_at),
            "words": "",
        }
    ]


def _words(event: SignatureEvent) -> str:
    note = getattr(event, "note", None) if event.kind in _TOLD else None
    return note.text if note else ""


def _mails(signature: Signature, contact: Contact) -> list[Held]:
    return [
        {
            "kind": mail.kind,
            "state": mail.state,
            "queued_at": _moment(mail.created_at),
            "settled_at": _moment(mail.settled_at),
        }
        for mail in signature.mails.filter(recipient_hash=contact.mailbox_hash)
    ]


def _links(contact: Contact) -> list[Held]:
    return [
        {
            "purpose": link.purpose,
            "created_at": _moment(link.created_at),
            "expires_at": _moment(link.expires_at),
            "used_at": _moment(link.used_at),
        }
        for link in contact.links.order_by("created_at")
    ]


def _disputes(signature: Signature) -> list[Held]:
    """That somebody disputed it, and the outcome; who, and in which words, is the disputer's own."""
    return [
        {
            "confirmed_at": _moment(each.confirmed_at),
            "outcome": each.outcome,
            "decided_at": _moment(each.decided_at),
        }
        for each in signature.disputes.confirmed()
    ]


def _wishes(signature: Signature, contact: Contact) -> Held:
    return {
        "names": [
            {
                "name": each.name,
                "native_name": each.native_name,
                "acronym": each.acronym,
                "asked_at": _moment(each.asked_at),
                "outcome": each.outcome,
            }
            for each in signature.name_changes.all()
        ],
        "publicity": [
            {
                "to": each.to_mode,
                "asked_at": _moment(each.asked_at),
                "confirmed_at": _moment(each.confirmed_at),
                "checked_at": _moment(each.checked_at),
                "effective_at": _moment(each.effective_at),
                "applied_at": _moment(each.applied_at),
                "stopped_at": _moment(each.stopped_at),
            }
            for each in signature.mode_changes.all()
        ],
        "contacts": [
            {
                "name": each.name,
                "role": each.role,
                "mailbox": each.mailbox,
                "asked_at": _moment(each.asked_at),
            }
            for each in contact.changes.all()
        ],
    }


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _rows(held: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Each value with the way to it in words: “contact › mailbox”."""
    if isinstance(held, dict | list):
        inside = held.items() if isinstance(held, dict) else enumerate(held, start=1)
        for name, value in inside:
            label = str(name).replace("_", " ")
            yield from _rows(value, f"{path} › {label}" if path else label)
    else:
        yield path, "" if held is None else str(held)
