"""The manager's pages: campaigns, their letters, asks and news."""

from campaigns.admin.campaign import CampaignAdmin, TopicAdmin
from campaigns.admin.circulation import CirculationLinkAdmin
from campaigns.admin.host import HostAdmin
from campaigns.admin.letter import AskAdmin, LetterVersionAdmin
from campaigns.admin.story import UpdateAdmin

__all__ = [
    "AskAdmin",
    "CampaignAdmin",
    "CirculationLinkAdmin",
    "HostAdmin",
    "LetterVersionAdmin",
    "TopicAdmin",
    "UpdateAdmin",
]
