"""The fixed words of a campaign: stages, statuses, policies. See product.md, "Words" and "A campaign's life"."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

LANGUAGES = settings.LANGUAGES


class Stage(models.TextChoices):
    """What staff decide. What a clock decides (embargo, opening, deadline) is computed in `campaigns.life`."""

    DRAFT = "draft", _("Draft")
    CIRCULATING = "circulating", _("Circulating")
    PUBLIC = "public", _("Public")
    DELIVERED = "delivered", _("Delivered")
    ANSWERED = "answered", _("Answered")
    ARCHIVED = "archived", _("Archived")


class TextStatus(models.TextChoices):
    AUTHORITATIVE = "authoritative", _("Authoritative")
    OFFICIAL = "official", _("Official translation")
    COURTESY = "courtesy", _("Courtesy translation")
    OUTDATED = "outdated", _("Outdated")


class AskStatus(models.TextChoices):
    OPEN = "open", _("Open")
    PARTLY_MET = "partly_met", _("Partly met")
    MET = "met", _("Met")


class UpdateKind(models.TextChoices):
    NEWS = "news", _("News")
    RESPONSE = "response", _("Response")
    MILESTONE = "milestone", _("Milestone")
    CORRECTION = "correction", _("Correction")


class NamingPolicy(models.TextChoices):
    """How countries and territories are named on a campaign's outlets."""

    COMMON = "common", _("Common names")
    UN = "un", _("United Nations terminology")
    STATED = "stated", _("As stated by the organisation")


class ListOrder(models.TextChoices):
    """How the list of signatories is grouped, below the convenors."""

    NAME = "name", _("By name")
    COUNTRY = "country", _("By country or territory, then name")
    TYPE = "type", _("By type, then name")


class Accent(models.TextChoices):
    """A quiet colour of its own for a letter. `static/css/base.css` has the tokens of each, light and dark."""

    INK = "ink", _("Ink blue")
    TEAL = "teal", _("Teal")
    FOREST = "forest", _("Forest green")
    MOSS = "moss", _("Moss green")
    OCHRE = "ochre", _("Ochre")
    RUST = "rust", _("Rust")
    WINE = "wine", _("Wine red")
    PLUM = "plum", _("Plum")
    INDIGO = "indigo", _("Indigo")
    SLATE = "slate", _("Slate grey")

    @property
    def on_paper(self) -> str:
        """As it is printed on white paper, “#1d4f73”: in the document, on the card, in the light style sheet."""
        return ON_PAPER[self]


ON_PAPER = {
    Accent.INK: "#1d4f73",
    Accent.TEAL: "#0f5257",
    Accent.FOREST: "#1f5132",
    Accent.MOSS: "#4a5320",
    Accent.OCHRE: "#6b4a0c",
    Accent.RUST: "#7d3a1b",
    Accent.WINE: "#7a2338",
    Accent.PLUM: "#5b2c5f",
    Accent.INDIGO: "#34357d",
    Accent.SLATE: "#3d4852",
}


class SectionsPolicy(models.TextChoices):
    """Whether a network and its member section count once or each."""

    EACH = "each", _("Each counts")
    ONCE = "once", _("Counted once, with its network")


class MaterialChangePolicy(models.TextChoices):
    """What happens to those who do not re-affirm a materially changed letter."""

    KEEP = "keep", _("Listed under the version they signed")
    DROP = "drop", _("No longer listed")


class ConsentKind(models.TextChoices):
    DATA_PROCESSING = "data_processing", _("Data processing")
    UPDATES = "updates", _("Updates by mail")


class Role(models.TextChoices):
    MODERATOR = "moderator", _("Moderator")
    MANAGER = "manager", _("Campaign manager")


class PublicationMode(models.TextChoices):
    """The signer's choice of where the organisation's name may appear."""

    PUBLIC = "public", _("Public")
    ADDRESSEE_ONLY = "addressee_only", _("Addressee only")
    WITHHELD = "withheld", _("Withheld")

    def is_more_private_than(self, other: "PublicationMode") -> bool:
        return PRIVACY.index(self) > PRIVACY.index(other)


# From open to private. The database holds the same order in a trigger (signatories, migration 0014).
PRIVACY = (PublicationMode.PUBLIC, PublicationMode.ADDRESSEE_ONLY, PublicationMode.WITHHELD)


class Intake(models.TextChoices):
    """Who may send a form: the switch for a letter under attack."""

    NORMAL = "normal", _("Everybody")
    CHALLENGE = "challenge", _("Everybody, with a proof of work")
    CLOSED = "closed", _("Closed to strangers: circulation links only")
