"""Which mailed links are open in this browser: that of a signer's own page, and fresh ones beside it.

The session holds their digests, never a token.
"""

from datetime import datetime

from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest

from signatories.links import BadLink, LinkExpired
from signatories.managing import opening
from signatories.models import Contact
from signatories.states import LinkPurpose

OPENED = "opened_link"
FRESH = {purpose: f"fresh_link_{purpose.value}" for purpose in LinkPurpose}
ERASED_AT = "erased_at"


def staff_must_leave(request: HttpRequest) -> bool:
    """One browser is never a member of staff and a signer at once; only the button, never a mere link, logs staff out."""
    if SESSION_KEY not in request.session:
        return False
    if request.method != "POST":
        return True
    logout(request)
    return False


def hold(request: HttpRequest, digest: str) -> None:
    """Opens the page of this link, and closes whatever other signer's page was open."""
    request.session.flush()
    request.session[OPENED] = digest
    _end_with_the_browser(request)


def hold_fresh(request: HttpRequest, purpose: LinkPurpose, digest: str) -> None:
    """Opens a fresh link, in the place of another one for the same; an own page that is open stays so."""
    request.session.cycle_key()
    if purpose == LinkPurpose.ERASE:
        request.session.pop(ERASED_AT, None)
    request.session[FRESH[purpose]] = digest
    _end_with_the_browser(request)


def _end_with_the_browser(request: HttpRequest) -> None:
    # On a machine that others use, too; without a click it ends as every session does.
    request.session.set_expiry(0)


def holder(request: HttpRequest) -> Contact | None:
    """Whose page is open, if any. Each look puts the end of the session off.

    Whoever has logged in as staff since has no page open.
    """
    digest = _held(request, OPENED)
    if digest is None:
        return None
    try:
        contact = opening.contact_of(digest)
    except (BadLink, LinkExpired):
        # Erased, replaced or too old: nothing of it stays in the browser either.
        request.session.flush()
        return None
    request.session.modified = True
    return contact


def fresh_link(request: HttpRequest, purpose: LinkPurpose) -> str | None:
    """The digest of the fresh link that is open for this purpose, if any. Each look puts the end of the session off."""
    digest = _held(request, FRESH[purpose])
    if digest is not None:
        request.session.modified = True
    return digest


def note_erasure(request: HttpRequest, at: datetime) -> None:
    """Closes all that is open and keeps the moment alone: the link that could tell it is erased with the contact.

    The session stays the same one, so that a browser that never got the answer can ask again.
    """
    let_go_of_links(request)
    request.session[ERASED_AT] = at.isoformat()


def erased_at(request: HttpRequest) -> datetime | None:
    """When a contact was erased from this browser, as long as its session lasts."""
    at = _held(request, ERASED_AT)
    return None if at is None else datetime.fromisoformat(at)


def _held(request: HttpRequest, key: str) -> str | None:
    return None if SESSION_KEY in request.session else request.session.get(key)


def let_go(request: HttpRequest) -> None:
    """Closes the page, where one is open; a log-in of the staff stays."""
    if SESSION_KEY in request.session:
        let_go_of_links(request)
    else:
        request.session.flush()


def let_go_of_links(request: HttpRequest) -> None:
    """Takes out of the session whatever signers opened in it."""
    for key in (OPENED, ERASED_AT, *FRESH.values()):
        request.session.pop(key, None)
