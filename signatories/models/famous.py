"""Names that many would like to borrow. The host keeps the list; who bears one is checked by a second channel (M12)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class FamousName(models.Model):
    """A name that every reader knows. `match_key` is what signatures are compared with; one row for each spelling."""

    name = models.CharField(_("name"), max_length=255)
    domain = models.CharField(
        _("its own domain"),
        max_length=253,
        blank=True,
        help_text=_(
            "Whoever signs from there is not flagged, such as example.org. Leave it empty to check everybody."
        ),
    )
    match_key = models.CharField(max_length=255, editable=False, db_collation="C")

    class Meta:
        verbose_name = _("famous name")
        verbose_name_plural = _("famous names")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["match_key"], name="famous_name_unique"),
            models.CheckConstraint(condition=~Q(match_key=""), name="famous_name_keyed"),
        ]

    def __str__(self) -> str:
        return self.name
