"""What a moderator types for a rejection by condition: the condition first, then, beside the count, why."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from campaigns import countries
from campaigns.models import Campaign
from signatories.admin.case_forms import NOTE_LENGTH
from signatories.identity import mailboxes, matching
from signatories.identity.names import clean_line
from signatories.states import Flag, Reason, State
from signatories.sweeps.conditions import NETWORK_CODE, PARTS, SWEEPABLE, BadCondition, Condition

NO_CHOICE = ("", "—")
# What the queue calls a part of a condition, where it has a filter for it.
QUEUE_FILTERS = {
    "campaign": "campaign",
    "country": "country",
    "flag": "flag",
    "network": "network",
    "q": "name",
}


class MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"


class ConditionForm(forms.Form):
    """The parts of a condition; all that are given must hold."""

    campaign = forms.ModelChoiceField(
        label=_("Campaign"), queryset=Campaign.objects.none(), to_field_name="slug"
    )
    domain = forms.CharField(
        label=_("Domain of the mailbox, and all under it"),
        required=False,
        max_length=253,
        help_text=_("The domain that somebody registered, such as example.org."),
    )
    exact_domain = forms.CharField(label=_("Domain of the mailbox, exactly"), required=False, max_length=253)
    since = forms.DateTimeField(label=_("Came in from (UTC)"), required=False)
    until = forms.DateTimeField(label=_("Came in before (UTC)"), required=False)
    network = forms.CharField(
        label=_("Code of the network"),
        required=False,
        min_length=NETWORK_CODE,
        max_length=22,
        help_text=_("It stands on the page of clusters."),
    )
    flag = forms.ChoiceField(label=_("Flag"), required=False, choices=[NO_CHOICE, *Flag.choices])
    name = forms.CharField(label=_("Name contains"), required=False, max_length=200)
    country = forms.ChoiceField(label=_("Country or territory"), required=False)
    language = forms.ChoiceField(
        label=_("Language of the signer"), required=False, choices=[NO_CHOICE, *settings.LANGUAGES]
    )
    via = forms.CharField(label=_("Came through"), required=False, max_length=60)
    states = forms.MultipleChoiceField(
        label=_("States"),
        choices=[(state.value, state.label) for state in SWEEPABLE],
        initial=[state.value for state in SWEEPABLE],
        widget=forms.CheckboxSelectMultiple,
    )
    spare_believed = forms.BooleanField(
        label=_("Spare those that have evidence beyond the mailbox"), required=False, initial=True
    )

    def __init__(self, data: QueryDict | None = None, *, user: User | AnonymousUser, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        campaign, country = self.fields["campaign"], self.fields["country"]
        assert isinstance(campaign, forms.ModelChoiceField)  # noqa: S101  # for the type checker
        assert isinstance(country, forms.ChoiceField)  # noqa: S101  # the same
        campaign.queryset = mine = Campaign.objects.moderated_by(user)
        country.choices = [NO_CHOICE, *countries.choices(get_language() or "en")]
        for name in ("since", "until"):
            self.fields[name].widget = MomentInput(format="%Y-%m-%dT%H:%M:%S", attrs={"step": 1})
        if data is None:
            only = list(mine[:2])
            self.initial.setdefault("campaign", only[0].slug if len(only) == 1 else None)

    def clean_domain(self) -> str:
        typed = mailboxes.ascii_domain(self.cleaned_data["domain"].lstrip("@"))
        registered = matching.registrable_domain(typed)
        if typed != registered:
            raise forms.ValidationError(
                _("Nobody registered this domain as it stands. For a part of one, use the next field.")
            )
        return typed

    def clean_exact_domain(self) -> str:
        return mailboxes.ascii_domain(self.cleaned_data["exact_domain"].lstrip("@"))

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"])

    def clean(self) -> dict[str, Any]:
        answers: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                self.condition().refuse_nonsense()
            except BadCondition as refusal:
                raise forms.ValidationError(str(refusal)) from refusal
        return answers

    def condition(self) -> Condition:
        answers = self.cleaned_data
        return Condition(
            **{name: answers[name] for name in PARTS},
            states=tuple(answers["states"]),
            spare_believed=answers["spare_believed"],
        )

    def hidden(self) -> SafeString:
        """All that was typed, to be posted along with the count."""
        return format_html_join("", "{}", ((field.as_hidden(),) for field in self))


class BeginForm(forms.Form):
    """Carries the number that the page showed: a page that grew old begins nothing."""

    expected = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    reason = forms.ChoiceField(label=_("Reason"), choices=Reason.choices, initial=Reason.ABUSE)
    note = forms.CharField(
        label=_("Note for the staff"),
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def prefilled(query: QueryDict) -> dict[str, Any]:
    """What the address of the form gives as its first content."""
    given: dict[str, Any] = {name: query[name] for name in ("campaign", *PARTS) if query.get(name)}
    states = [state for state in query.getlist("states") if state in SWEEPABLE]
    return given | ({"states": states} if states else {})


def address_of(request: HttpRequest) -> str:
    """The form for what the queue shows now, as far as a condition can say it."""
    query = QueryDict(mutable=True)
    for filtered, part in QUEUE_FILTERS.items():
        if value := request.GET.get(filtered):
            query[part] = value
    if (state := request.GET.get("state")) in SWEEPABLE:
        query["states"] = state or ""
    return f"{reverse('admin:signatories_sweep_condition')}?{query.urlencode()}"


def in_words(condition: Condition) -> list[tuple[Any, Any]]:
    """The parts of a condition with their labels, as people read them."""
    fields, parts = ConditionForm.base_fields, condition.parts
    words: dict[str, Callable[[Any], Any]] = {
        "flag": lambda value: Flag(value).label,
        "country": lambda value: countries.label(value, get_language() or "en"),
        "language": lambda value: dict(settings.LANGUAGES).get(value, value),
    }
    said = [
        (fields[name].label, words[name](value) if name in words else value) for name, value in parts.items()
    ]
    states = "; ".join(str(State(state).label) for state in condition.states)
    return [*said, (fields["states"].label, states)]
