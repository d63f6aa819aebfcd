"""The retention rule of every column: what it is kept for, when it goes, and by which action of the nightly purge.

A column that stands in none of the three tables fails a test, and docs/privacy.md holds the first two as they are here.
Keys and foreign keys are nobody's data but that of the row they point to; they need no rule.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from signatories.retention import dating, forgetting, leftovers


@dataclass(frozen=True)
class Rule:
    """Personal columns of one model that go together. `action` gets the time and says how many rows it changed."""

    model: str
    columns: tuple[str, ...]
    purpose: str
    until: str
    action: Callable[[datetime], int]


@dataclass(frozen=True)
class Kept:
    """Personal columns that stay on purpose, and who can take them away."""

    model: str
    columns: tuple[str, ...]
    reason: str


def columns(text: str) -> tuple[str, ...]:
    return tuple(text.split())


AFTER_DELIVERY = "the letter's months after delivery (12 more after its deadline if it is never delivered); 30 days after a withdrawal or revocation; at once when asked"
TYPED = "blanked after 7 days if never confirmed, 30 days after a rejection; else with the register"

# In this order the purge runs the actions, each once: what ends first, then what the end of others leaves behind.
RULES = (
    Rule("signatories.Signature", columns("submission_key"), "one form is one signature; its end is the reference",
         "7 days if never confirmed, 30 days after a rejection; else with the signature", forgetting.expire_unconfirmed),
    Rule("signatories.Organisation",
         columns("name native_name native_language name_en acronym aliases country_label identifier website registrable_domain sort_name sort_key match_key search_key"),
         "to be printed, and found again", TYPED, forgetting.forget_rejected),
    Rule("signatories.Signature", columns("sort_key search_key"), "copy of the organisation's, for the list", TYPED, forgetting.forget_rejected),
    Rule("signatories.Contact",
         columns("name role mailbox mailbox_hash mailbox_domain language email_status erase_after"),
         "to check the signature and to write to its signer", AFTER_DELIVERY, dating.erase_due),
    Rule("signatories.Consent", columns("kind text_version language wording_sha256 given_at taken_back_at"),
         "proof of what was agreed to", "with the contact", dating.erase_due),
    Rule("signatories.OutboxMail", columns("recipient context last_error"), "to send the mail",
         "once it is sent or given up, after 30 days at the latest", leftovers.forget_mail),
    Rule("signatories.OutboxMail", columns("recipient_hash"), "nobody's mailbox is flooded", "2 days after the mail",
         leftovers.forget_mail),
    Rule("signatories.MailLink", columns("digest created_at expires_at used_at"), "to know a mailed link again",
         "with the contact, or 30 days after the link has expired", leftovers.forget_links),
    Rule("signatories.EventNote", columns("text"), "what signer and staff wrote about the signature", "with the contact",
         leftovers.forget_words),
    Rule("signatories.Evidence", columns("note"), "where staff saw the evidence", "with the contact", leftovers.forget_words),
    Rule("signatories.Dispute", columns("mailbox mailbox_hash mailbox_domain words language"), "to decide the dispute and to answer",
         "7 days if never confirmed, 30 days after the decision", forgetting.forget_disputes),
    Rule("signatories.Signature", columns("network_hash"), "to see that several forms came from one network", "7 days", forgetting.forget_networks),
    Rule("signatories.Dispute", columns("network_hash"), "limits of the form", "7 days", forgetting.forget_networks),
    Rule("signatories.NetworkKey", columns("day key"), "to make these hashes", "once the next day is over (UTC)", forgetting.forget_networks),
    Rule("signatories.NameChange", columns("name native_name acronym"), "what the signer wants to be called",
         "30 days after the decision", leftovers.forget_wishes),
    Rule("signatories.ModeChange", columns("to_mode asked_at confirmed_at checked_at effective_at applied_at stopped_at"),
         "a wish for more publicity", "30 days after it was done or called off; 7 days if never confirmed", leftovers.forget_wishes),
    Rule("signatories.ContactChange", columns("name role mailbox mailbox_hash language asked_at confirmed_at"),
         "to change the contact", "once it is done, after 7 days at the latest", leftovers.forget_wishes),
    Rule("signatories.Merge", columns("before"), "names, for the undo", "30 days after the merge; ids stay", leftovers.forget_merged_names),
    Rule("signatories.SuppressedMailbox", columns("mailbox_hash since until"), "a stranger's mailbox is left alone", "its own date",
         leftovers.forget_suppressed),
    Rule("signatories.Erasure", columns("digest happened_at"), "a restored back-up brings nothing back", "2 years",
         leftovers.forget_suppressed),
    Rule("signatories.ExportLog", columns("reason filters"), "why contacts left, and which", "1 year", leftovers.forget_staff_words),
    Rule("signatories.Sweep", columns("condition note"), "what was rejected by condition, and why", "1 year", leftovers.forget_staff_words),
    Rule("admin.LogEntry", columns("action_time object_id object_repr action_flag change_message"), "who of the staff changed what",
         "1 year; what it was called, with the contact", leftovers.forget_staff_words),
    Rule("sessions.Session", columns("session_key session_data expire_date"), "log-ins of staff, opened pages of signers",
         "when they have ended", leftovers.forget_sessions),
    Rule("auth.User", columns("first_name last_name email password last_login"), "accounts of the staff",
         "1 year after the last log-in of an account that is switched off", leftovers.forget_former_staff),
    Rule("account.EmailAddress", columns("email verified primary"), "accounts of the staff", "with the account's names",
         leftovers.forget_former_staff),
    Rule("mfa.Authenticator", columns("type data created_at last_used_at"), "second factors of the staff", "with the account's names",
         leftovers.forget_former_staff),
)  # fmt: skip

KEPT = (
    Kept("auth.User", columns("username"), "the trail says who decided; a superuser can change it"),
    Kept("campaigns.Host", columns("name website mailbox"), "published on purpose; a manager changes it"),
    Kept("campaigns.Quote", columns("text speaker speaker_role"), "published on purpose; a manager takes it off"),
    Kept("campaigns.CampaignText", columns("addressee_person"), "published on purpose; a manager changes it"),
)  # fmt: skip

# Model → columns and why they say nothing about a person.
IMPERSONAL = {
    "campaigns.Topic": (columns("slug"), "text of the site"),
    "campaigns.TopicName": (columns("language name"), "text of the site"),
    "campaigns.Campaign": (
        columns(
            "slug stage zone opens_at closes_at embargo_until delivered_at goal milestones languages accent naming_policy list_order"
            " modes_allowed sections_policy material_change_policy late_endorsements retention_months intake batch_hour"
            " batch_ran_at caution_countries created_at"
        ),
        "how the letter is run",
    ),
    "campaigns.Host": (columns("mark mark_digest"), "the sign of an organisation"),
    "campaigns.Milestone": (columns("number reached_on"), "how the letter fared"),
    "campaigns.CampaignText": (
        columns("language addressee_office summary how_verified privacy_notice safety_notice"),
        "text of the letter",
    ),
    "campaigns.ConsentText": (columns("kind version language wording"), "text of the letter"),
    "campaigns.CampaignRole": (columns("role"), "what an account may do; goes with the account"),
    "campaigns.CirculationLink": (
        columns("via digest created_at ended_at"),
        "a link for many; its secret is hashed",
    ),
    "campaigns.LetterVersion": (columns("number is_material note frozen_at sha256"), "text of the letter"),
    "campaigns.LetterText": (columns("language status title body"), "text of the letter"),
    "campaigns.Ask": (columns("position status"), "text of the letter"),
    "campaigns.AskText": (columns("language text"), "text of the letter"),
    "campaigns.Update": (columns("public_id kind ask_status published_at"), "text of the letter"),
    "campaigns.UpdateText": (columns("language title body"), "text of the letter"),
    "campaigns.Quote": (columns("language position"), "text of the letter"),
    "signatories.Organisation": (
        columns("country_code org_type registered_at created_at"),
        "about an organisation, and left when its name is blanked",
    ),
    "signatories.Signature": (
        columns(
            "public_id state publication_mode role source via import_batch language flags submitted_at confirmed_at decided_at"
            " decision_reason joined_total_at withdrawn_at country_code org_type"
        ),
        "about an organisation; an import leaves the name of its batch and nothing else",
    ),
    "signatories.Contact": (columns("is_primary created_at"), "tells nothing without the rest of the row"),
    "signatories.MailLink": (columns("purpose"), "a code"),
    "signatories.Evidence": (
        columns("kind identifier recorded_at taken_back_at"),
        "about an organisation: its number in a public register",
    ),
    "signatories.SignatureEvent": (
        columns("kind actor_kind from_state to_state reason detail happened_at"),
        "codes and ids; words are in its note",
    ),
    "signatories.ExportLog": (columns("export_set with_withheld row_count exported_at"), "numbers"),
    "signatories.Referral": (columns("requested_at answer answered_at"), "a yes or no of an organisation"),
    "signatories.Dispute": (
        columns("sent_at confirmed_at from_inside outcome decided_at"),
        "how it ended, with the signature",
    ),
    "signatories.Erasure": (columns("kind"), "a code"),
    "signatories.PurgeWarning": (columns("days due_at warned_at"), "dates of a letter"),
    "signatories.FamousName": (columns("name domain match_key"), "names that every reader knows"),
    "signatories.Merge": (columns("merged_at undone_at"), "times"),
    "signatories.OutboxMail": (
        columns("public_id kind language state attempts not_before claimed_at claim created_at settled_at"),
        "that a mail was sent, without to whom",
    ),
    "signatories.Heartbeat": (columns("name seen_at"), "about machines"),
    "signatories.Sweep": (columns("reason state started_at ended_at"), "codes and times"),
    "signatories.SweptSignature": (columns("from_state rejected_at left_at undone_at"), "codes and times"),
    "signatories.NameChange": (columns("is_small asked_at outcome decided_at"), "goes with its row"),
    "account.EmailConfirmation": (
        columns("created sent key"),
        "empty: the site confirms no mailbox of staff",
    ),
    "auth.User": (columns("is_superuser is_staff is_active date_joined"), "what an account may do"),
    "auth.Group": (columns("name"), "what accounts may do"),
    "auth.Permission": (columns("name codename"), "Django's own"),
    "contenttypes.ContentType": (columns("app_label model"), "Django's own"),
}


def actions() -> tuple[Callable[[datetime], int], ...]:
    """What the purge runs, in the order of the rules, each once."""
    return tuple(dict.fromkeys(rule.action for rule in RULES))


def as_table() -> str:
    """Rules and what is kept on purpose, as docs/privacy.md shows them (Markdown)."""
    rows = [
        f"| `{each.model.partition('.')[2]}` | {_listed(each.columns)} | {each.purpose} | {each.until} |"
        for each in RULES
    ]
    rows += [
        f"| `{each.model.partition('.')[2]}` | {_listed(each.columns)} | {each.reason} | kept |"
        for each in KEPT
    ]
    return "\n".join(rows)


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)
