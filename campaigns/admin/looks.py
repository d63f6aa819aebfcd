"""Fields of the campaign's page for what readers see of it: its colour, its milestones, the letter that it follows."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.choices import Accent
from campaigns.milestones import LARGEST, MOST
from campaigns.models import Campaign


def accents() -> list[tuple[str, SafeString]]:
    """The colours to choose from, each with a patch of itself as it is printed on paper."""
    patch = (
        '<svg class="patch" viewBox="0 0 1 1" aria-hidden="true" focusable="false">'
        '<rect width="1" height="1" fill="{}"/></svg> {}'
    )
    return [(each.value, format_html(patch, each.on_paper, each.label)) for each in Accent]


class Milestones(forms.CharField):
    """Numbers as people write them, “25, 50, 100”; in order and each once for a column with an array."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=gettext_lazy("Milestones"),
            required=False,
            help_text=gettext_lazy(
                "Numbers on the way to the goal, such as 25, 50, 100. One that was reached stays on the page,"
                " also when the count falls or the number is taken out here."
            ),
            **kwargs,
        )

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        words = (
            str(super().to_python(value) or "")
            .replace(";", ",")
            .replace("،", ",")
            .replace("，", ",")
            .split(",")
        )
        return sorted({_number(word.strip()) for word in words if word.strip()})

    def validate(self, value: Any) -> None:
        super().validate(value)
        if len(value) > MOST:
            raise ValidationError(_("%(number)s milestones at most."), params={"number": MOST})

    def run_validators(self, value: Any) -> None:
        """Those of a text have nothing to look at in a list of numbers."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(data) != (initial or []))
        except ValidationError:
            return True


def _number(word: str) -> int:
    if not word.isdecimal() or len(word) > len(str(LARGEST)) or not 0 < int(word) <= LARGEST:
        raise ValidationError(
            _("“%(word)s” is no whole number from 1 to %(largest)s. Write numbers with commas between them."),
            params={"word": word[:20], "largest": LARGEST},
        )
    return int(word)


def behind(campaign: Campaign) -> set[int]:
    """Ids of `campaign` and of those that follow it, directly or by way of others: it can follow none of these."""
    followers: dict[int, list[int]] = {}
    for pk, follows in Campaign.objects.filter(follows__isnull=False).values_list("pk", "follows_id"):
        followers.setdefault(follows, []).append(pk)
    found, to_look_at = {campaign.pk}, [campaign.pk]
    while to_look_at:
        new = set(followers.get(to_look_at.pop(), [])) - found
        found |= new
        to_look_at += new
    return found
