"""Mail about a signature whose name is not public: one neutral sentence for each kind, and a link. Others may read that mailbox.

No organisation, no letter, no host, nothing that was asked: all of that stands behind the link (scenario S18).
"""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.choices import PublicationMode
from signatories.states import MailKind

# Managers are the host's own people. Their mails name the letter, and no organisation whose name is not public.
TO_STAFF = frozenset({MailKind.REVOKED, MailKind.PURGE_WARNING, MailKind.EXPORTED})
# That a name was taken off the page is told in no other way.
ALWAYS = frozenset({MailKind.HIDDEN})
# Of what was queued these alone get into such a mail; `pages` are several links at once, each with its reference.
KEPT = ("link", "pages", "reference", "done")

SENTENCES: dict[MailKind, Promise] = {
    MailKind.CONFIRM: _("Somebody gave this mailbox. If that was you, please open the link and confirm."),
    MailKind.ACCEPTED: _("What you sent was looked at and accepted. You need not do anything."),
    MailKind.REJECTED: _("What you sent was looked at again. Please see the result."),
    MailKind.QUESTION: _("There is a question for you. Please open the link to read and answer it."),
    MailKind.REFERRAL: _("There is a question for you. Please open the link to read and answer it."),
    MailKind.APPEAL_REFUSED: _("What you wrote was read by somebody else. The result stays as it was."),
    MailKind.SECOND_CONTACT: _("A second contact was added to your entry. You need not do anything."),
    MailKind.RENAMED: _("A detail of your entry was corrected. You need not do anything."),
    MailKind.DISPUTE_CONFIRM: _(
        "Somebody gave this mailbox. If that was you, please open the link and confirm."
    ),
    MailKind.DISPUTE_DECIDED: _("What you wrote was read and looked at. You need not do anything."),
    MailKind.MANAGE: _("Here is the link that you asked for."),
    MailKind.FRESH: _("Please open the link and confirm what you asked for. If it was not you, do nothing."),
    MailKind.NEW_CONTACT: _(
        "Somebody gave this mailbox. If you know of it, please open the link to read more."
    ),
    MailKind.CONTACT_CHANGED: _(
        "The contact of your entry was changed. If that was not you, the page behind the link says whom to write to."
    ),
    MailKind.HIDDEN: _("Something was changed at your entry. Open the link to see it."),
    MailKind.PUBLISHING: _("What you asked for will be done in 72 hours. Until then you can stop it."),
    MailKind.NAME_DECIDED: _("What you asked for was looked at. You need not do anything."),
    MailKind.WITHDRAWN: _("What you asked for is done. You need not do anything."),
    MailKind.ERASED: _("What you asked for is done. This is the last message to this mailbox."),
}
# Instead, where what was announced has come (`publicity`).
DONE = _("What you asked for is done. Open the link to see it, or to take it back.")


def is_due(kind: str, mode: str | None) -> bool:
    """Whether a mail of this kind about a signature of this publication mode (None: about none) must tell nothing."""
    is_hidden = mode is not None and mode != PublicationMode.PUBLIC
    return kind in ALWAYS or (is_hidden and kind not in TO_STAFF)


def sentence(kind: str, context: dict[str, Any]) -> Promise:
    """What the mail says, for a `context` as `cut` leaves it."""
    return DONE if "done" in context else SENTENCES[MailKind(kind)]


def cut(context: dict[str, Any]) -> dict[str, Any]:
    """What of `context` may stand in such a mail, marked as one: it stays one, whatever becomes of the signature."""
    return {"discreet": True} | {name: value for name, value in context.items() if name in KEPT}
