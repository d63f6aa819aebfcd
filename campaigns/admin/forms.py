"""The forms of the campaign pages: what a manager types, checked before the database would have to refuse it."""

import zoneinfo
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminRadioSelect, FilteredSelectMultiple
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from campaigns import checklist, countries
from campaigns.admin.bases import RowForm, RowFormSet
from campaigns.admin.looks import Milestones, accents, behind
from campaigns.choices import LANGUAGES, PublicationMode, Stage, TextStatus
from campaigns.letters import paste_to_markdown
from campaigns.models import Ask, Campaign, LetterText, Update
from campaigns.models.campaign import default_languages, default_modes


class Checkboxes(forms.TypedMultipleChoiceField):
    """Several of few, for a column that holds an array; in the order of the choices."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, value: Any) -> list[str]:
        chosen = super().clean(value)
        return [str(code) for code, _label in list(self.choices) if code in chosen]  # type: ignore[arg-type]


class ZoneInput(forms.TextInput):
    """A field to type into that offers the six hundred names; a list to choose from would be slow and long."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        field = super().render(name, value, {**(attrs or {}), "list": "zones"}, renderer)
        names = ((zone,) for zone in sorted(zoneinfo.available_timezones()))
        options = format_html_join("", '<option value="{}"></option>', names)
        return format_html('{}<datalist id="zones">{}</datalist>', field, options)


class Places(forms.MultipleChoiceField):
    """Countries and territories by their common names, in two lists to choose from; sorted codes for a column with an array."""

    widget = FilteredSelectMultiple(_("countries and territories"), is_stacked=False)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=_places, **kwargs)

    def clean(self, value: Any) -> list[str]:
        return sorted(super().clean(value))


def _places() -> list[tuple[str, str]]:
    return countries.choices(get_language() or "en")


class CampaignForm(RowForm):
    milestones = Milestones()
    languages = Checkboxes(label=_("Languages"), choices=LANGUAGES, initial=default_languages)
    modes_allowed = Checkboxes(
        label=_("Publication modes offered"),
        choices=PublicationMode.choices,
        initial=default_modes,
    )
    caution_countries = Places(
        label=_("Countries and territories with a safety notice"),
        required=False,
        help_text=_(
            "For organisations there the form shows the safety notice (see the texts around the letter) and chooses"
            " “withheld” for them; they may choose otherwise."
        ),
    )

    class Meta:
        model = Campaign
        fields = "__all__"  # the page's fieldsets say which
        widgets = {"zone": ZoneInput, "accent": AdminRadioSelect}
        help_texts = {"zone": _("Such as Europe/Zurich. The dates of this page are typed and shown in it.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Neither is there for staff who only look.
        if isinstance(accent := self.fields.get("accent"), forms.ChoiceField):
            accent.choices = accents()
        follows = self.fields.get("follows")
        if self.instance.pk and isinstance(follows, forms.ModelChoiceField) and follows.queryset is not None:
            # What stands there already may stay, whoever chose it.
            may_follow = Q(pk__in=follows.queryset) | Q(pk=self.instance.follows_id)
            follows.queryset = Campaign.objects.filter(may_follow).exclude(pk__in=behind(self.instance))

    def clean(self) -> dict[str, Any]:
        answers: dict[str, Any] = super().clean() or {}
        if answers.get("caution_countries") and PublicationMode.WITHHELD not in answers.get(
            "modes_allowed", []
        ):
            self.add_error("caution_countries", _("The notice needs “withheld” among the modes offered."))
        if "stage" in self.changed_data and answers.get("stage") in checklist.OUT:
            self._refuse_unfinished()
        return answers

    def _refuse_unfinished(self) -> None:
        if self.instance.pk is None:
            self.add_error("stage", _("A new campaign starts as a draft. Write its letter first."))
        elif lacking := checklist.missing(self.instance):
            words = _("Not yet. Missing: %(what)s.") % {"what": "; ".join(lacking)}
            self.add_error("stage", words)


class LetterTextForm(RowForm):
    """Whatever word processor the text comes from, what is kept is Markdown."""

    class Meta:
        model = LetterText
        fields = ["language", "status", "title", "body"]
        widgets = {"body": forms.Textarea(attrs={"rows": 24, "class": "vLargeTextField letter-body"})}

    def clean_body(self) -> str:
        return paste_to_markdown(self.cleaned_data["body"])


class LetterTextFormSet(RowFormSet):
    def clean(self) -> None:
        super().clean()
        kept = [
            form.cleaned_data
            for form in self.forms
            if form.is_valid() and not form.cleaned_data.get("DELETE")
        ]
        if sum(text.get("status") == TextStatus.AUTHORITATIVE for text in kept) > 1:
            raise ValidationError(
                _("Only one text can be the authoritative one; the others are its translations.")
            )


class CourtesyTextForm(LetterTextForm):
    """A translation that joins a frozen version: a courtesy, since the signed text stays what it is."""

    class Meta(LetterTextForm.Meta):
        fields = ["language", "title", "body"]

    def save(self, commit: bool = True) -> LetterText:
        self.instance.status = TextStatus.COURTESY
        saved: LetterText = super().save(commit)
        return saved


class FrozenTextForm(RowForm):
    """Of a frozen text only the status can change, and only to outdated."""

    class Meta:
        model = LetterText
        fields = ["status"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        status = self.fields["status"]
        if isinstance(status, forms.ChoiceField):
            kept = {self.instance.status, TextStatus.OUTDATED}
            status.choices = [choice for choice in TextStatus.choices if choice[0] in kept]


class AskForm(RowForm):
    class Meta:
        model = Ask
        fields = "__all__"  # the page says which

    def clean_campaign(self) -> Campaign:
        campaign: Campaign = self.cleaned_data["campaign"]
        if self.instance.pk is None and campaign.letter_versions.frozen().exists():
            raise ValidationError(
                _("The letter of this campaign is frozen: its asks are part of what was signed.")
            )
        return campaign


class UpdateForm(RowForm):
    class Meta:
        model = Update
        fields = "__all__"  # the page says which

    def clean(self) -> dict[str, Any]:
        answers: dict[str, Any] = super().clean() or {}
        campaign = answers.get("campaign") or getattr(self.instance, "campaign", None)
        ask = answers.get("ask")
        if ask and campaign and ask.campaign_id != campaign.pk:
            self.add_error("ask", _("This ask belongs to another campaign."))
        if answers.get("ask_status") and not ask:
            self.add_error("ask_status", _("Say which ask this is about."))
        return answers


def is_out(stage: str) -> bool:
    """Whether readers know the campaign's address already."""
    return stage not in (Stage.DRAFT, Stage.CIRCULATING)
