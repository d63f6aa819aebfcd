"""The fixed words of a signature: states and what leads where, reasons, evidence, levels. Source: product.md."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    SUBMITTED = "submitted", _("Submitted")
    CONFIRMED = "confirmed", _("Confirmed, to check")
    ON_HOLD = "on_hold", _("On hold")
    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    REVOKED = "revoked", _("Revoked")
    MERGED = "merged", _("Merged")
    EXPIRED = "expired", _("Expired")


# The database holds the same table in a trigger (migration 0002); a test compares the two.
LEADS_TO: dict[State, frozenset[State]] = {
    State.SUBMITTED: frozenset({State.CONFIRMED, State.EXPIRED, State.REJECTED}),
    State.CONFIRMED: frozenset(
        {State.ACCEPTED, State.ON_HOLD, State.REJECTED, State.MERGED, State.WITHDRAWN}
    ),
    State.ON_HOLD: frozenset(
        {State.CONFIRMED, State.ACCEPTED, State.REJECTED, State.MERGED, State.WITHDRAWN}
    ),
    State.ACCEPTED: frozenset({State.ON_HOLD, State.WITHDRAWN, State.REVOKED, State.MERGED}),
    State.REJECTED: frozenset({State.CONFIRMED}),
    State.WITHDRAWN: frozenset(),
    State.REVOKED: frozenset({State.CONFIRMED}),
    State.MERGED: frozenset(),
    State.EXPIRED: frozenset(),
}

# Where an undo may lead back to (`transitions.undo_state`): a merge within 30 days, a rejection by condition. No decision goes
# this way, and the trigger lets nobody pass who does not declare an undo.
UNDONE_TO: dict[State, frozenset[State]] = {
    State.MERGED: frozenset({State.CONFIRMED, State.ON_HOLD, State.ACCEPTED}),
    State.REJECTED: frozenset({State.SUBMITTED, State.ON_HOLD}),
}

# One organisation has at most one signature of these on a campaign.
LIVE = (State.SUBMITTED, State.CONFIRMED, State.ON_HOLD, State.ACCEPTED)
# What a moderator has to decide.
WAITING = (State.CONFIRMED, State.ON_HOLD)


class Reason(models.TextChoices):
    """Why a signature was rejected or revoked."""

    NOT_AN_ORGANISATION = "not_an_organisation", _("Not an organisation")
    DUPLICATE = "duplicate", _("Duplicate")
    IMPERSONATION = "impersonation", _("Impersonation")
    NO_EVIDENCE = "no_evidence", _("No evidence")
    OUT_OF_SCOPE = "out_of_scope", _("Out of scope")
    ABUSE = "abuse", _("Abuse")


class Source(models.TextChoices):
    """How a signature came in."""

    FORM = "form", _("Form")
    STAFF = "staff", _("Entered by staff")
    IMPORT = "import", _("Import")


class PartInCampaign(models.TextChoices):
    SIGNATORY = "signatory", _("Signatory")
    CONVENOR = "convenor", _("Convenor")


class OrganisationType(models.TextChoices):
    NGO = "ngo", _("Non-governmental organisation")
    NETWORK = "network", _("Network or coalition")
    GRASSROOTS = "grassroots", _("Grassroots or community group")
    UNION = "union", _("Trade union")
    ACADEMIC = "academic", _("University or research institute")
    FAITH = "faith", _("Faith-based organisation")
    PROFESSIONAL = "professional", _("Professional association")
    MEDIA = "media", _("Media organisation")
    OTHER = "other", _("Other")


class EvidenceKind(models.TextChoices):
    MAILBOX = "mailbox", _("Mailbox proven")
    DOMAIN_MATCH = "domain_match", _("Mailbox is on the organisation's established website")
    PUBLISHED_ADDRESS = "published_address", _("Mailbox is published by the organisation")
    REGISTER = "register", _("Found in a public register")
    KNOWN = "known", _("Accepted before")
    REFERRAL = "referral", _("A verified signatory vouches")
    CALLBACK = "callback", _("Called back")
    PUBLIC_STATEMENT = "public_statement", _("Said so in public")


class Level(models.IntegerChoices):
    """How well a signature is verified. Derived from evidence, never stored."""

    V0 = 0, "V0"
    V1 = 1, "V1"
    V2 = 2, "V2"
    V3 = 3, "V3"


class Flag(models.TextChoices):
    """What a moderator should look at. A flag never decides alone."""

    POSSIBLE_DUPLICATE = "possible_duplicate", _("Possible duplicate of another signature on this campaign")
    LOOK_ALIKE = "look_alike", _("Looks like another organisation, with another domain")
    FAMOUS = "famous", _("A famous name, and not from its own domain")
    SIMILAR = "similar", _("Similar to a registered organisation with another domain")
    FREE_MAIL = "free_mail", _("Free-mail address")
    DISPOSABLE = "disposable", _("Disposable mail domain")
    DOMAIN_DIFFERS = "domain_differs", _("Mailbox and website have different domains")
    NO_WEBSITE = "no_website", _("No website")
    MIXED_SCRIPTS = "mixed_scripts", _("Letters of different scripts inside one word")
    FORMULA = "formula", _("Formula or address in the name")
    PERSON = "person", _("The person is called like the organisation")
    TOO_FAST = "too_fast", _("Filled in within three seconds at first")
    SAME_NETWORK = "same_network", _("Three others or more from the same network within the hour")
    DISPUTED = "disputed", _("Disputed")
    CONTACT_MOVED = "contact_moved", _("Another mailbox since it was accepted; what is left is below the bar")
    VOUCH_TAKEN_BACK = "vouch_taken_back", _("Took a vouch back through a link that may have been forwarded")
    NO_PROOF = "no_proof", _("Its mail waits for a moderator: no proof of work, or more forms than usual")


class EventKind(models.TextChoices):
    SIGNED = "signed", _("Form stored")
    CHANGED = "changed", _("State changed")
    EVIDENCE = "evidence", _("Evidence recorded")
    EVIDENCE_TAKEN_BACK = "evidence_taken_back", _("Evidence taken back")
    NOT_DUPLICATE = "not_duplicate", _("Found to be another organisation")
    REVEALED = "revealed", _("Contact shown")
    MAIL_AGAIN = "mail_again", _("Mail sent again")
    SECOND_EYES = "second_eyes", _("Second pair of eyes wanted")
    ASKED = "asked", _("Question sent to the signer")
    ANSWERED = "answered", _("The signer answered")
    APPEALED = "appealed", _("The signer appealed")
    APPEAL_REFUSED = "appeal_refused", _("Appeal turned down")
    REFERRAL_ASKED = "referral_asked", _("Asked a signatory to vouch")
    REFERRAL_ANSWERED = "referral_answered", _("The signatory answered")
    MERGED = "merged", _("Another signature was merged into it")
    UNMERGED = "unmerged", _("A merge was undone")
    SECTION = "section", _("Linked with its network")
    PART = "part", _("Convenor or signatory")
    DISPUTED = "disputed", _("Disputed")
    DISPUTE_DECIDED = "dispute_decided", _("Dispute decided")
    RENAMED = "renamed", _("Public name changed")
    NAME_ASKED = "name_asked", _("The signer asks for another name")
    NAME_REFUSED = "name_refused", _("The other name was turned down")
    MODE = "mode", _("Publication mode changed")
    MODE_ASKED = "mode_asked", _("The signer asks for more publicity")
    MODE_CHECKED = "mode_checked", _("Publicity checked through a second channel")
    MODE_STOPPED = "mode_stopped", _("Publicity called off")
    UPDATES = "updates", _("News by mail changed")
    CONTACT_CHANGED = "contact_changed", _("Contact changed")
    CONTACT_ERASED = "contact_erased", _("Contact data erased")
    DOWNLOADED = "downloaded", _("Data downloaded by the signer")
    NOT_ME = "not_me", _("The owner of the mailbox knows nothing of it")
    NOTE = "note", _("Note")


class ActorKind(models.TextChoices):
    SIGNER = "signer", _("Signer")
    STAFF = "staff", _("Staff")
    SYSTEM = "system", _("System")


class MailState(models.TextChoices):
    QUEUED = "queued", _("Queued")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")


class MailKind(models.TextChoices):
    CONFIRM = "confirm", _("Please confirm")
    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", _("Rejected")
    QUESTION = "question", _("A question")
    APPEAL_REFUSED = "appeal_refused", _("Appeal turned down")
    REFERRAL = "referral", _("Please vouch")
    SECOND_CONTACT = "second_contact", _("A second contact was added")
    RENAMED = "renamed", _("Your public name was changed")
    REVOKED = "revoked", _("A signature was revoked, to the managers")
    DISPUTE_CONFIRM = "dispute_confirm", _("Please confirm your dispute")
    DISPUTE_DECIDED = "dispute_decided", _("Your dispute was looked at")
    MANAGE = "manage", _("Your own page")
    FRESH = "fresh", _("Please confirm what you asked for")
    NEW_CONTACT = "new_contact", _("Please confirm that you are the new contact")
    CONTACT_CHANGED = "contact_changed", _("The contact was changed, to the old mailbox")
    HIDDEN = "hidden", _("The name was taken off the page")
    PUBLISHING = "publishing", _("The name will be published in 72 hours")
    NAME_DECIDED = "name_decided", _("Your correction was looked at")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    ERASED = "erased", _("Contact data erased: the last mail")
    PURGE_WARNING = "purge_warning", _("Contacts will be erased, to the managers")
    EXPORTED = "exported", _("Contacts were exported, to the other managers")


# What anybody can have sent to anybody's mailbox, by typing it into a form or by opening a forwarded link: it shares one
# budget an hour (`mail.budget`). What staff decide is mailed at once; so are MANAGE and FRESH, the way to hide, withdraw and
# erase: they go to stored contacts alone, within caps of their own, and must not wait behind a flood of forms.
ON_REQUEST = (MailKind.CONFIRM, MailKind.DISPUTE_CONFIRM, MailKind.NEW_CONTACT)


class LinkPurpose(models.TextChoices):
    CONFIRM = "confirm", _("Confirm a signature")
    ANSWER = "answer", _("Answer a question")
    APPEAL = "appeal", _("Appeal against a rejection")
    REFERRAL = "referral", _("Vouch for a signature")
    DISPUTE = "dispute", _("Confirm a dispute")
    MANAGE = "manage", _("Open the signer's own page")
    PUBLISH = "publish", _("Confirm the wish for more publicity")
    DOWNLOAD = "download", _("Download all data held")
    CHANGE_CONTACT = "change_contact", _("Confirm another contact")
    NEW_CONTACT = "new_contact", _("Accept to be the contact")
    WITHDRAW = "withdraw", _("Withdraw the signature")
    ERASE = "erase", _("Erase the contact data")


class Vouch(models.TextChoices):
    """What a signatory said when asked to vouch. Only staff read "does not know it" (scenario S22)."""

    YES = "yes", _("Vouches")
    NO = "no", _("Does not know it")


class Outcome(models.TextChoices):
    """How a dispute ended."""

    UPHELD = "upheld", _("The dispute was right")
    TURNED_DOWN = "turned_down", _("The signature stands")


class SweepState(models.TextChoices):
    """How far a rejection by condition has come."""

    QUEUED = "queued", _("Waits for the worker")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")
    UNDOING = "undoing", _("Being undone")
    UNDONE = "undone", _("Undone")


class EmailStatus(models.TextChoices):
    """What is known of the way to a contact's mailbox."""

    UNKNOWN = "unknown", _("Unknown")
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", _("Delivered")
    BOUNCED = "bounced", _("Bounced")


class ExportSet(models.TextChoices):
    PUBLIC = "public", _("Public list")
    MANAGE = "manage", _("Everything, with contacts")


class NameOutcome(models.TextChoices):
    """How a signer's wish for another name ended."""

    TAKEN = "taken", _("The new name stands")
    REFUSED = "refused", _("The old name stays")
    REPLACED = "replaced", _("The signer asked for yet another one")


class ErasureKind(models.TextChoices):
    """What a restored backup must not bring back."""

    CONTACT = "contact", _("A contact was erased")
    HIDDEN = "hidden", _("A name was taken off the page")
    LEFT = "left", _("A signature was withdrawn")
