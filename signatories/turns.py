"""Who must not act at the same time waits for the other here. Locks are taken before any row is written, widest first."""

from campaigns.models import Campaign


def decide_in_turn(campaign_id: int) -> None:
    """Until the end of the transaction nobody else decides on this letter, or gives or takes what decisions rest on.

    Else something could be accepted on evidence that goes at this moment, or one organisation twice. Signing goes on meanwhile.
    """
    Campaign.objects.select_for_update(no_key=True).only("pk").get(pk=campaign_id)
