"""What a moderator types on the page of a signature; one form for each button."""

from itertools import count
from typing import Any, cast

from django import forms
from django.core.validators import validate_comma_separated_integer_list
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from campaigns.choices import PRIVACY, PublicationMode
from signatories import moderation, verification
from signatories.models import Signature
from signatories.states import EvidenceKind, Reason, State

NOTE_LENGTH = 2000
_numbers = count(1)


def words(label: Any, *, required: bool = True, rows: int = 2) -> forms.CharField:
    """A field for a few sentences."""
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=required, max_length=NOTE_LENGTH, widget=widget)


class NoteForm(forms.Form):
    """An action with words; they stay among the staff."""

    note = words(_("Note for the staff"), required=False)

    def __init__(
        self, data: QueryDict | None = None, *, signature: Signature, initial: dict[str, Any] | None = None
    ) -> None:
        # Several of these stand on one page: their fields need ids of their own.
        super().__init__(data, initial=initial, auto_id=f"id_{next(_numbers)}_%s")
        self.signature = signature


class PlainForm(NoteForm):
    """A button alone."""

    note = None  # type: ignore[assignment]  # takes the field away


class DecisionForm(NoteForm):
    """Carries the state that the page showed: a page that grew old decides nothing."""

    expected_state = forms.ChoiceField(choices=State.choices, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None, *, signature: Signature, **more: Any) -> None:
        super().__init__(data, signature=signature, **more)
        self.initial["expected_state"] = self.signature.state


class RejectForm(DecisionForm):
    reason = forms.ChoiceField(label=_("Reason"), choices=[("", "—"), *Reason.choices])
    field_order = ["reason", "note"]


class HideForm(PlainForm):
    """What is more private than the mode as it is; nothing else can be chosen, nor sent by a forged form."""

    to = forms.ChoiceField(label=_("From now on"))

    def __init__(self, data: QueryDict | None = None, *, signature: Signature, **more: Any) -> None:
        super().__init__(data, signature=signature, **more)
        mode = PublicationMode(signature.publication_mode)
        choices = [(each.value, each.label) for each in reversed(PRIVACY) if each.is_more_private_than(mode)]
        cast("forms.ChoiceField", self.fields["to"]).choices = choices


class RequiredNoteForm(NoteForm):
    note = words(_("In a sentence"))


class AgreeForm(DecisionForm):
    """Words are asked of both who accept below the bar."""

    note = words(_("Why it should be accepted all the same"))


class PromptForm(PlainForm):
    """Which question to begin with. The words that stand in the other field stay where none is chosen."""

    prompt = forms.ChoiceField(
        label=_("Begin with"), required=False, choices=[("", _("own words")), *moderation.Prompt.choices]
    )
    question = words(_("Question"), required=False, rows=5)

    def __init__(self, data: QueryDict | None = None, *, signature: Signature, **more: Any) -> None:
        super().__init__(data, signature=signature, **more)
        self.language = getattr(signature, "signer_language", None) or signature.language

    @property
    def prompts(self) -> list[tuple[str, str, str]]:
        """Values, labels and words in the language of the signer."""
        own = ("", str(_("own words")), "")
        return [
            own,
            *(
                (each.value, str(each.label), moderation.words_of(each, self.language))
                for each in moderation.Prompt
            ),
        ]


class AskForm(PromptForm, DecisionForm):
    """A question to the signer, in his language; it is mailed as it stands."""

    question = words(_("Question"), rows=5)


class DomainMatchForm(DecisionForm):
    """The program suggests the kind; what makes it evidence is that a person has looked."""

    established = forms.BooleanField(
        label=_("I looked: the website is an established one."),
        error_messages={"required": _("Tick this once you have looked at the website.")},
        help_text=_("A new domain costs little."),
    )
    note = forms.CharField(
        label=_("What you saw"), required=False, max_length=NOTE_LENGTH, widget=forms.TextInput()
    )

    def clean(self) -> dict[str, Any]:
        answers: dict[str, Any] = super().clean() or {}
        domain = getattr(self.signature, "mailbox_domain", None) or ""
        if not verification.suggests_domain_match(self.signature.organisation, domain):
            raise forms.ValidationError(_("Mailbox and website do not share a domain of their own."))
        return answers


class EvidenceForm(NoteForm):
    """Evidence of the kinds that the program can't suggest."""

    kind = forms.ChoiceField(
        label=_("What you have seen"),
        choices=[
            ("", "—"),
            *(
                (kind.value, kind.label)
                for kind in moderation.RECORDABLE
                if kind != EvidenceKind.DOMAIN_MATCH
            ),
        ],
    )
    identifier = forms.CharField(label=_("Number in the register"), required=False, max_length=100)
    note = words(_("Where you saw it"), required=False)
    field_order = ["kind", "identifier", "note"]


class DisputesForm(DecisionForm):
    """Carries the disputes that the page showed: one that came in since is not decided unread."""

    disputes = forms.CharField(widget=forms.HiddenInput, validators=[validate_comma_separated_integer_list])

    def __init__(self, data: QueryDict | None = None, *, signature: Signature) -> None:
        super().__init__(data, signature=signature)
        shown = [str(each.pk) for each in signature.disputes.all() if each.is_open]
        self.initial["disputes"] = ",".join(shown)

    def clean_disputes(self) -> list[int]:
        return [int(pk) for pk in self.cleaned_data["disputes"].split(",")]


class UpholdForm(DisputesForm, RejectForm):
    """The line was wrong."""


class TurnDownForm(DisputesForm):
    """The signature stands."""

    note = forms.CharField(
        label=_("Why the signature stands, in a sentence"),
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
