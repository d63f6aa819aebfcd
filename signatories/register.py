"""What staff may change in the register of organisations. The keys that follow from a name follow it here."""

import copy
import hashlib
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns import lines
from campaigns.choices import PublicationMode
from campaigns.models import Campaign
from campaigns.searching import search_key
from signatories import verification
from signatories.identity import matching, names
from signatories.mail import notices
from signatories.models import Organisation, Signature
from signatories.states import EventKind, MailKind, State
from signatories.transitions import Refused, record, staff
from signatories.twins import refuse_duplicate

CHANGEABLE = (
    "name",
    "native_name",
    "native_language",
    "name_en",
    "acronym",
    "aliases",
    "country_code",
    "country_label",
    "org_type",
    "identifier",
    "website",
    "sort_name",
)


@dataclass(frozen=True)
class Changed:
    """One column, old and new, in words."""

    what: str
    before: str
    after: str

    def __str__(self) -> str:
        return _("%(what)s: “%(old)s” → “%(new)s”") % {
            "what": self.what,
            "old": self.before,
            "new": self.after,
        }


@dataclass(frozen=True)
class Reprinted:
    """An accepted signature whose printed line changes, and both lines in one language."""

    signature: Signature
    before: str
    after: str


@dataclass(frozen=True)
class Difference:
    """What an edit would change in the register, and on which letters it would be seen."""

    changed: list[Changed]
    reprinted: list[Reprinted]

    @property
    def mark(self) -> str:
        """Equal for the same difference alone: who has seen another one is shown this one first."""
        words = [*map(str, self.changed), *(f"{each.before}\0{each.after}" for each in self.reprinted)]
        return hashlib.sha256("\0\0".join(words).encode()).hexdigest()


def difference(organisation: Organisation, *, language: str, **changes: Any) -> Difference:
    """What `change_organisation` would do, with the lines as readers of `language` see them."""
    before = Organisation.objects.get(pk=organisation.pk)
    after = _edited(before, changes)
    reprinted = [
        Reprinted(signature, *both)
        for signature in before.signatures.select_related("campaign")
        if (both := _both_lines(signature, before, after, language))
    ]
    return Difference(_changed(before, after), reprinted)


def change_organisation(
    organisation: Organisation, *, by: User, asked_by: Signature | None = None, **changes: Any
) -> None:
    """Sets columns of `organisation` with the keys that follow from them; old and new stand in its signatures' trails.

    A former name stays among the other names, unless these are given. Where a line that is printed changes, its signer is told, but
    not that of `asked_by`, who is told of the wish itself. The flags of all its
    signatures are raised anew. Raises Refused for a name without a letter or digit and for one that would make two accepted
    signatures on a letter look like one organisation's (PossibleDuplicate), ValueError for a column that is not for staff to
    change.
    """
    with transaction.atomic():
        wait_for_decisions(organisation.pk)
        before = Organisation.objects.select_for_update().get(pk=organisation.pk)
        after = _edited(before, changes)
        note = "\n".join(map(str, _changed(before, after)))
        if not note:
            return
        after.save()
        for signature in after.signatures.select_related("campaign__host", "letter_version"):
            is_news = asked_by is None or signature.pk != asked_by.pk
            _follow(signature, before, after, by, note, is_news=is_news)
    organisation.refresh_from_db()


def _edited(organisation: Organisation, changes: dict[str, Any]) -> Organisation:
    """A copy with `changes`, not saved."""
    if unknown := changes.keys() - set(CHANGEABLE):
        raise ValueError(f"not for staff to change: {', '.join(sorted(unknown))}")
    edited = copy.copy(organisation)
    for column, value in changes.items():
        setattr(edited, column, value)
    _derive(edited)
    if edited.match_key != organisation.match_key and "aliases" not in changes:
        # Whoever knows it by its former name still finds it.
        former = [name for name in (*edited.aliases, organisation.name) if name != edited.name]
        edited.aliases = list(dict.fromkeys(former))
    return edited


def _follow(
    signature: Signature, before: Organisation, after: Organisation, by: User, note: str, *, is_news: bool
) -> None:
    """What an edit brings about for one signature of the organisation."""
    if signature.state == State.ACCEPTED:
        refuse_duplicate(signature)
    contact = notices.first_contact(signature)
    both = _both_lines(signature, before, after, contact.language if contact else signature.language)
    record(signature, kind=EventKind.RENAMED if both else EventKind.NOTE, actor=staff(by), note=note)
    if both and is_news:
        notices.tell_decision(signature, MailKind.RENAMED, timezone.now(), before=both[0], after=both[1])
    if signature.state != State.EXPIRED:
        flags = verification.flags_anew(signature)
        Signature.objects.filter(pk=signature.pk).exclude(flags=flags).update(flags=flags)


def _both_lines(
    signature: Signature, before: Organisation, after: Organisation, language: str
) -> tuple[str, str] | None:
    """The old and the new line of an accepted signature, if it is printed anywhere and they differ."""
    if signature.state != State.ACCEPTED or signature.publication_mode == PublicationMode.WITHHELD:
        return None
    old, new = (lines.in_words(lines.printed(each, signature.campaign, language)) for each in (before, after))
    return (old, new) if old != new else None


def wait_for_decisions(*organisations: int) -> None:
    """Takes the lock of `moderation.accept` on every letter that one of them signed: a twin must not be accepted meanwhile.

    Always in the same order, so that two who take several don't wait for each other.
    """
    concerned = Signature.objects.filter(organisation__in=organisations).values("campaign")
    list(Campaign.objects.select_for_update(no_key=True).filter(pk__in=concerned).order_by("pk"))


def refuse_elsewhere(organisation: Organisation, by: User) -> None:
    """Raises Refused if the organisation signed a letter that `by` does not moderate: the register is one for all of them."""
    if organisation.signatures.exclude(campaign__in=Campaign.objects.moderated_by(by)).exists():
        raise Refused(
            _("It signed letters that you do not moderate, and the change would show there as well.")
        )


def refuse_loop(organisation: int) -> None:
    """Raises Refused if the way from section to network comes back to where it began."""
    passed: set[int] = set()
    here: int | None = organisation
    while here is not None:
        if here in passed:
            raise Refused(_("Then an organisation would be a section of itself."))
        passed.add(here)
        here = Organisation.objects.values_list("parent_id", flat=True).get(pk=here)


def _derive(organisation: Organisation) -> None:
    organisation.sort_key = names.sort_key(organisation.sort_name or organisation.name)
    organisation.match_key = names.match_key(organisation.name)
    organisation.search_key = search_key(organisation.spoken)
    organisation.registrable_domain = matching.registrable_domain(organisation.website)
    if not organisation.match_key:
        raise Refused(_("The name needs at least one letter or digit."))


def _changed(before: Organisation, after: Organisation) -> list[Changed]:
    return [
        Changed(_label(column), _in_words(getattr(before, column)), _in_words(getattr(after, column)))
        for column in CHANGEABLE
        if getattr(before, column) != getattr(after, column)
    ]


def _label(column: str) -> str:
    label = Organisation._meta.get_field(column).verbose_name  # type: ignore[union-attr]  # none of them is a relation
    return str(label).capitalize()


def _in_words(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)
