"""Which signer's own page is open in this browser. The session holds the digest of a mailed link, never the token."""

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest

from signatories.links import BadLink, LinkExpired
from signatories.managing import opening
from signatories.models import Contact

OPENED = "opened_link"


def hold(request: HttpRequest, digest: str) -> None:
    """Opens the page of this link, and closes whatever was open: another signer's page, or a log-in of the staff."""
    request.session.flush()
    request.session[OPENED] = digest
    # On a machine that others use, too, it ends with the browser; without a click it ends as every session does.
    request.session.set_expiry(0)


def holder(request: HttpRequest) -> Contact | None:
    """Whose page is open, if any. Each look puts the end of the session off.

    One browser is never a member of staff and a signer at once: whoever has logged in since has no page open.
    """
    digest = request.session.get(OPENED)
    if digest is None or SESSION_KEY in request.session:
        return None
    try:
        contact = opening.contact_of(digest)
    except (BadLink, LinkExpired):
        # Erased, replaced or too old: nothing of it stays in the browser either.
        request.session.flush()
        return None
    request.session.modified = True
    return contact


def let_go(request: HttpRequest) -> None:
    """Closes the page, where one is open; a log-in of the staff stays."""
    if SESSION_KEY in request.session:
        request.session.pop(OPENED, None)
    else:
        request.session.flush()
