"""What staff may change in the register of organisations. The keys that follow from a name follow it here."""

from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.models import Campaign
from signatories.identity import matching, names
from signatories.models import Organisation
from signatories.states import EventKind, State
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


def change_organisation(organisation: Organisation, *, by: User, **changes: Any) -> None:
    """Sets columns of `organisation` with the keys that follow from them; old and new stand in its signatures' trails.

    Raises Refused for a name without a letter or digit and for one that would make two accepted signatures on a letter
    look like one organisation's (PossibleDuplicate), ValueError for a column that is not for staff to change.
    """
    if unknown := changes.keys() - set(CHANGEABLE):
        raise ValueError(f"not for staff to change: {', '.join(sorted(unknown))}")
    with transaction.atomic():
        _wait_for_decisions(organisation)
        row = Organisation.objects.select_for_update().get(pk=organisation.pk)
        note = "\n".join(
            _changed(row, column, value) for column, value in changes.items() if getattr(row, column) != value
        )
        if not note:
            return
        for column, value in changes.items():
            setattr(row, column, value)
        _derive(row)
        row.save()
        for signature in row.signatures.all():
            if signature.state == State.ACCEPTED:
                refuse_duplicate(signature)
            record(signature, kind=EventKind.NOTE, actor=staff(by), note=note)
    organisation.refresh_from_db()


def _wait_for_decisions(organisation: Organisation) -> None:
    """Takes the lock of `moderation.accept` on every letter concerned: a twin must not be accepted meanwhile."""
    concerned = Campaign.objects.filter(signatures__organisation=organisation).values("pk")
    list(Campaign.objects.select_for_update(no_key=True).filter(pk__in=concerned).order_by("pk"))


def _derive(organisation: Organisation) -> None:
    organisation.sort_key = names.sort_key(organisation.sort_name or organisation.name)
    organisation.match_key = names.match_key(organisation.name)
    organisation.registrable_domain = matching.registrable_domain(organisation.website)
    if not organisation.match_key:
        raise Refused(_("The name needs at least one letter or digit."))


def _changed(organisation: Organisation, column: str, value: Any) -> str:
    label = organisation._meta.get_field(column).verbose_name  # type: ignore[union-attr]  # none of them is a relation
    return _("%(what)s: “%(old)s” → “%(new)s”") % {
        "what": str(label).capitalize(),
        "old": _in_words(getattr(organisation, column)),
        "new": _in_words(value),
    }


def _in_words(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)
