"""Files that staff take out: with permission, never another campaign's rows, and logged before the first byte."""

import re
from collections.abc import Iterator, Sequence
from tempfile import TemporaryFile

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.choices import PublicationMode
from campaigns.models import Campaign
from signatories.exports.columns import (
    Column,
    finished,
    manage_columns,
    names_of,
    public_columns,
    with_first_contact,
)
from signatories.exports.csvfile import BLOCK, Dialect, blocks, head
from signatories.exports.public import CONTENT_TYPE, name_attachment, rows_in
from signatories.exports.rows import HeldRows, copied
from signatories.mail import managers
from signatories.models import ExportLog, Signature
from signatories.models.signature import SignatureQuerySet
from signatories.states import ExportSet
from signatories.transitions import Refused

# What staff typed into the search may be a person or a mailbox: that they searched is recorded, not for whom.
SEARCHED = re.compile(r"((?:^|&)q=)[^&]+")


class ReasonMissing(Refused):
    """Contacts leave the house only for a reason that somebody has written down."""


def export_response(
    *,
    user: User | AnonymousUser,
    campaign: Campaign,
    export_set: ExportSet | str,
    queryset: SignatureQuerySet,
    reason: str = "",
    filters: str = "",
    with_withheld: bool = False,
    delimiter: str = ",",
    bom: bool = True,
) -> StreamingHttpResponse:
    """The file of `export_set` with those signatures of `queryset` that are on `campaign` and that `user` may see.

    Raises PermissionDenied, ReasonMissing, and ValueError for another delimiter than `,` and `;`.
    """
    export_set, dialect = ExportSet(export_set), Dialect(delimiter, bom)
    user = _allowed(user, campaign, export_set, reason)
    signatures = Signature.objects.visible_to(user).filter(campaign=campaign, pk__in=queryset.values("pk"))
    file: WrittenFile | HeldFile
    if export_set == ExportSet.PUBLIC:
        with_withheld = False
        file = WrittenFile(signatures.public(), public_columns(campaign), dialect)
    else:
        shown = signatures if with_withheld else signatures.exclude(publication_mode=PublicationMode.WITHHELD)
        file = HeldFile(with_first_contact(shown), manage_columns(campaign), dialect)
    with transaction.atomic():
        log = ExportLog.objects.create(
            campaign=campaign,
            exported_by=user,
            export_set=export_set,
            reason=reason.strip()[:255],
            filters=SEARCHED.sub(r"\1…", filters)[:500],
            with_withheld=with_withheld,
            row_count=file.rows,
            exported_at=timezone.now(),
        )
        if export_set != ExportSet.PUBLIC:
            managers.tell_of_export(log, user)
    return _sent(file, campaign, export_set)


def _allowed(user: User | AnonymousUser, campaign: Campaign, export_set: ExportSet, reason: str) -> User:
    """`user`, if they may take out this set of this campaign for this reason."""
    campaigns = Campaign.objects.visible_to(user)
    if export_set != ExportSet.PUBLIC:
        campaigns = Campaign.objects.managed_by(user)
        if not user.has_perm("signatories.export_contacts"):
            raise PermissionDenied
    if isinstance(user, AnonymousUser) or not campaigns.filter(pk=campaign.pk).exists():
        raise PermissionDenied
    if export_set != ExportSet.PUBLIC and not reason.strip():
        raise ReasonMissing(_("Please write down what the file is for."))
    return user


class WrittenFile:
    """A file that PostgreSQL has written, in an unnamed temporary file until it is closed. `rows` says how many."""

    def __init__(self, signatures: SignatureQuerySet, columns: Sequence[Column], dialect: Dialect) -> None:
        self.file = TemporaryFile()  # noqa: SIM115  # closed by whoever sends it
        self.rows = 0
        self.file.write(head(names_of(columns), dialect))
        for block in copied(signatures, columns, dialect):
            self.rows += rows_in(block)
            self.file.write(block)
        self.file.seek(0)

    def __iter__(self) -> Iterator[bytes]:
        while block := self.file.read(BLOCK):
            yield block

    def close(self) -> None:
        self.file.close()


class HeldFile:
    """A file that is written line by line while it is sent: contacts are in the clear nowhere but on their way."""

    def __init__(self, signatures: SignatureQuerySet, columns: list[Column], dialect: Dialect) -> None:
        self.held = HeldRows(signatures, columns)
        self.rows = self.held.count
        self.columns, self.dialect = columns, dialect

    def __iter__(self) -> Iterator[bytes]:
        yield head(names_of(self.columns), self.dialect)
        yield from blocks((finished(row, self.columns) for row in self.held), self.dialect)

    def close(self) -> None:
        self.held.close()


def _sent(file: WrittenFile | HeldFile, campaign: Campaign, export_set: ExportSet) -> StreamingHttpResponse:
    response = StreamingHttpResponse(file, content_type=CONTENT_TYPE)
    response["Cache-Control"] = "private, no-store"
    name_attachment(response, campaign, export_set, file.rows)
    return response
