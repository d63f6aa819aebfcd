"""The switch for a letter under attack: who may send a form. Whoever works on the letter may turn it; each turn is logged."""

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User

from campaigns.choices import Intake
from campaigns.models import Campaign


def switch(*, campaign: Campaign, to: Intake, by: User) -> bool:
    """Turns the switch; whether it stood elsewhere before. Forms heed it a second later."""
    turned = Campaign.objects.filter(pk=campaign.pk).exclude(intake=to).update(intake=to)
    if turned:
        LogEntry.objects.log_actions(
            user_id=by.pk,
            queryset=[campaign],
            action_flag=CHANGE,
            change_message=[{"changed": {"fields": [f"intake: {to.value}"]}}],
            single_object=True,
        )
    return bool(turned)
