"""The numbers of a campaign for its page in the admin, which knows of no signatures itself."""

from django import template

from campaigns.models import Campaign
from signatories.desk import numbers

register = template.Library()


@register.simple_tag
def numbers_of(campaign: Campaign) -> numbers.Numbers:
    return numbers.of(campaign)
