"""The safety notice for organisations of places that a campaign has named: shown once more before the review, with “withheld” chosen.

Nobody is forced: whoever has seen it may choose as before. That it was seen travels with the form, sealed.
"""

from campaigns.choices import PublicationMode
from campaigns.models import Campaign
from signatories import tokens

SEAL = "cautioned"
SEEN_FOR = 24 * 60 * 60  # seconds, as long as the form itself


def is_due(campaign: Campaign, country_code: str) -> bool:
    """Whether an organisation there is shown the notice on this letter."""
    return PublicationMode.WITHHELD in campaign.modes_allowed and country_code in campaign.caution_countries


def mark(campaign: Campaign) -> str:
    """Says, sealed, that the notice of this letter was shown."""
    return tokens.seal({SEAL: campaign.pk})


def was_seen(campaign: Campaign, sealed: str) -> bool:
    try:
        return bool(tokens.unseal(sealed, SEAL, max_age=SEEN_FOR) == {SEAL: campaign.pk})
    except tokens.BadSeal:
        return False
