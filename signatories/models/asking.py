"""What others are asked about a signature by a mailed link: a question to its signer, a referral of a signatory."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from signatories.models.contact import MailLink
from signatories.models.evidence import Evidence
from signatories.models.signature import Signature
from signatories.models.trail import SignatureEvent
from signatories.states import Vouch


class Question(models.Model):
    """A question to the signer. Its words and those of the answer are the notes of the two events."""

    signature = models.ForeignKey(
        Signature, models.PROTECT, related_name="questions", verbose_name=_("signature")
    )
    asked = models.OneToOneField(
        SignatureEvent, models.PROTECT, related_name="question", verbose_name=_("asked")
    )
    answered = models.OneToOneField(
        SignatureEvent,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="answered_question",
        verbose_name=_("answered"),
    )
    link = models.OneToOneField(
        MailLink, models.SET_NULL, null=True, blank=True, related_name="question", verbose_name=_("link")
    )

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.signature_id}"


class ReferralQuerySet(models.QuerySet["Referral"]):
    def unagreed(self) -> "ReferralQuerySet":
        """Those that wait for a second moderator; nobody has been asked yet."""
        return self.filter(answer="", link__isnull=True, agreed_by__isnull=True)

    def held(self, now: datetime) -> "ReferralQuerySet":
        """Those that stand, may still be answered, or wait for a second moderator."""
        open_still = Q(answer="") & (Q(link__isnull=True) | Q(link__expires_at__gt=now))
        return self.filter(open_still | Q(answer=Vouch.YES, evidence__taken_back_at__isnull=True))

    def telling(self, now: datetime) -> "ReferralQuerySet":
        """Those after which the same signatory is not asked again: all but the ones that ran out or were taken back."""
        return self.filter(Q(pk__in=self.held(now).values("pk")) | Q(answer=Vouch.NO))

    def ran_out(self, now: datetime) -> "ReferralQuerySet":
        """Those that nobody answered in time."""
        return self.filter(answer="", link__expires_at__lte=now)


class Referral(models.Model):
    """A signatory that was asked to vouch for a signature. The vouch itself is evidence, which can be taken back."""

    signature = models.ForeignKey(
        Signature, models.PROTECT, related_name="referrals", verbose_name=_("signature")
    )
    referrer = models.ForeignKey(
        Signature, models.PROTECT, related_name="asked_to_vouch", verbose_name=_("who is asked")
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    requested_at = models.DateTimeField(_("asked"))
    # Beyond five for one referrer, a second moderator agrees before the mail goes out.
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("agreed by"),
    )
    link = models.OneToOneField(
        MailLink, models.SET_NULL, null=True, blank=True, related_name="referral", verbose_name=_("link")
    )
    answer = models.CharField(_("answer"), max_length=10, choices=Vouch, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    evidence = models.OneToOneField(
        Evidence, models.PROTECT, null=True, blank=True, related_name="referral", verbose_name=_("evidence")
    )

    objects = ReferralQuerySet.as_manager()

    class Meta:
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        ordering = ["requested_at", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["signature", "referrer"],
                condition=Q(answer=""),
                name="referral_one_open_per_referrer",
            ),
            models.CheckConstraint(condition=~Q(signature=F("referrer")), name="referral_not_of_oneself"),
            models.CheckConstraint(condition=Q(answer__in=["", *Vouch.values]), name="referral_answer_known"),
        ]

    def __str__(self) -> str:
        return f"{self.referrer_id} → {self.signature_id}"

    @property
    def is_unagreed(self) -> bool:
        """Whether it waits for a second moderator."""
        return not self.answer and self.link_id is None and self.agreed_by_id is None

    @property
    def stands(self) -> bool:
        """Whether the signatory vouches and has not taken it back."""
        return self.evidence is not None and self.evidence.taken_back_at is None
