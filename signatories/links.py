"""Links that were mailed: whose they are, and whether they still hold. One purpose each; the database knows only their digests."""

from django.utils.translation import gettext as _

from signatories import tokens
from signatories.models import MailLink
from signatories.states import LinkPurpose
from signatories.transitions import Refused


class BadLink(Refused):
    """No such link: mistyped, or of a signature that is gone."""


class LinkExpired(Refused):
    """The link is too old."""


def find_link(token: str, purpose: LinkPurpose) -> MailLink:
    """The mailed link of `token`. Raises BadLink; an expired one is found, its reader decides."""
    return find_by_digest(tokens.digest(token), purpose)


def find_by_digest(digest: str, purpose: LinkPurpose) -> MailLink:
    """As `find_link`, by what is kept of the token."""
    link = (
        MailLink.objects.filter(digest=digest, purpose=purpose)
        .select_related("signature__organisation", "signature__campaign__host", "signature__letter_version")
        .first()
    )
    if link is None:
        raise BadLink(_("This link is not known. Perhaps a piece of it is missing."))
    return link
