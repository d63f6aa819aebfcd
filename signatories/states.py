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


class EventKind(models.TextChoices):
    SIGNED = "signed", _("Form stored")
    CHANGED = "changed", _("State changed")
    EVIDENCE = "evidence", _("Evidence recorded")
    EVIDENCE_TAKEN_BACK = "evidence_taken_back", _("Evidence taken back")
    NOT_DUPLICATE = "not_duplicate", _("Found to be another organisation")
    REVEALED = "revealed", _("Contact shown")
    MAIL_AGAIN = "mail_again", _("Mail sent again")
    SECOND_EYES = "second_eyes", _("Second pair of eyes wanted")
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


class LinkPurpose(models.TextChoices):
    CONFIRM = "confirm", _("Confirm a signature")


class EmailStatus(models.TextChoices):
    """What is known of the way to a contact's mailbox."""

    UNKNOWN = "unknown", _("Unknown")
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", _("Delivered")
    BOUNCED = "bounced", _("Bounced")


class ExportSet(models.TextChoices):
    PUBLIC = "public", _("Public list")
    MANAGE = "manage", _("Everything, with contacts")
