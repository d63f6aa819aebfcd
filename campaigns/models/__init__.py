"""The letter, its asks, its story, and who of the staff may work on it."""

from campaigns.models.access import CampaignRole, CirculationLink
from campaigns.models.campaign import Campaign, CampaignText, ConsentText, Host, Topic, TopicName
from campaigns.models.letter import Ask, AskText, LetterText, LetterVersion
from campaigns.models.story import Milestone, Quote, Update, UpdateText

__all__ = [
    "Ask",
    "AskText",
    "Campaign",
    "CampaignRole",
    "CampaignText",
    "CirculationLink",
    "ConsentText",
    "Host",
    "LetterText",
    "LetterVersion",
    "Milestone",
    "Quote",
    "Topic",
    "TopicName",
    "Update",
    "UpdateText",
]
