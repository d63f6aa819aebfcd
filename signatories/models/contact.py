"""The people who signed for an organisation: encrypted, in a table of their own, with a date of erasure."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.choices import LANGUAGES, ConsentKind
from signatories.fields import EncryptedText
from signatories.models.signature import Signature
from signatories.states import EmailStatus, LinkPurpose


class ContactQuerySet(models.QuerySet["Contact"]):
    def of_mailbox(self, lookup_hash: str) -> "ContactQuerySet":
        """Contacts with this mailbox; `lookup_hash` is that of `mailboxes.lookup_hash`."""
        return self.filter(mailbox_hash=lookup_hash)


class Contact(models.Model):
    """The person who signed, or a second one after a merge. Only `mailbox_domain` can be read without the key."""

    signature = models.ForeignKey(
        Signature, models.PROTECT, related_name="contacts", verbose_name=_("signature")
    )
    is_primary = models.BooleanField(_("first contact"), default=True)
    name = EncryptedText(_("name"), null=True)
    role = EncryptedText(_("role"), null=True)
    mailbox = EncryptedText(_("mailbox"), null=True)
    mailbox_hash = models.CharField(max_length=64, editable=False)
    mailbox_domain = models.CharField(_("domain of the mailbox"), max_length=253, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=LANGUAGES, default="en")
    email_status = models.CharField(
        _("way to the mailbox"), max_length=20, choices=EmailStatus, default=EmailStatus.UNKNOWN
    )
    erase_after = models.DateTimeField(_("to be erased after"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["signature"], condition=Q(is_primary=True), name="contact_one_primary_per_signature"
            ),
            models.CheckConstraint(
                condition=Q(email_status__in=EmailStatus.values), name="contact_email_status_known"
            ),
        ]
        indexes = [
            # Named here and not on the column: there Django would add a second index for LIKE, which nobody asks a hash.
            models.Index(fields=["mailbox_hash"], name="contact_mailbox_hash"),
            models.Index(fields=["mailbox_domain"], name="contact_mailbox_domain"),
            models.Index(
                fields=["erase_after"], name="contact_erase_after", condition=Q(erase_after__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"…@{self.mailbox_domain}"


class Consent(models.Model):
    """What a contact agreed to, in which words, when; and when it was taken back."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="consents", verbose_name=_("contact"))
    kind = models.CharField(_("kind"), max_length=20, choices=ConsentKind)
    text_version = models.PositiveSmallIntegerField(_("version of the text"))
    language = models.CharField(_("language"), max_length=10, choices=LANGUAGES)
    wording_sha256 = models.CharField(_("SHA-256 of the wording"), max_length=64)
    given_at = models.DateTimeField(_("given"))
    taken_back_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "kind"],
                condition=Q(taken_back_at__isnull=True),
                name="consent_one_standing_per_kind",
            ),
            models.CheckConstraint(condition=Q(kind__in=ConsentKind.values), name="consent_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} v{self.text_version}"


class MailLink(models.Model):
    """A link that was mailed. The database holds only the SHA-256 of its random 256 bits; one purpose each."""

    signature = models.ForeignKey(
        Signature, models.PROTECT, related_name="links", verbose_name=_("signature")
    )
    # To whom it was mailed, where that matters: it dies with the mailbox. The confirmation link has none, it is written too often.
    contact = models.ForeignKey(
        Contact,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="links",
        db_index=False,  # `mail_link_of_contact` is smaller
        verbose_name=_("contact"),
    )
    purpose = models.CharField(_("purpose"), max_length=20, choices=LinkPurpose)
    digest = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(_("created"))
    expires_at = models.DateTimeField(_("expires"))
    used_at = models.DateTimeField(_("used"), null=True, blank=True)

    class Meta:
        verbose_name = _("mailed link")
        verbose_name_plural = _("mailed links")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose__in=LinkPurpose.values), name="mail_link_purpose_known"
            ),
            # Not `unique=True` on the column: there Django would add a second index for LIKE.
            models.UniqueConstraint(fields=["digest"], name="mail_link_digest_unique"),
        ]
        indexes = [
            models.Index(fields=["contact"], name="mail_link_of_contact", condition=Q(contact__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.get_purpose_display()
