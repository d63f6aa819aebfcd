"""The form by which an organisation signs, and the small ones around it."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Fieldset, Layout
from django import forms
from django.http import QueryDict
from django.utils.choices import BaseChoiceIterator
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from campaigns import countries
from campaigns.choices import ConsentKind, PublicationMode
from campaigns.models import Campaign, ConsentText
from campaigns.translation import pick
from signatories import caution, tokens
from signatories.identity import mailboxes
from signatories.identity.names import clean_line, match_key
from signatories.signing import Entry
from signatories.states import OrganisationType, Vouch

# A person needs longer than this to fill the form; a robot is asked to look at its review once more.
MINIMUM_SECONDS = 3
SEAL_LIFE = 24 * 60 * 60
REPLY_LENGTH = 4000
# What the seal of its opening is called: at first, and once it had come back too fast.
OPENED = {False: "at", True: "again_at"}

MODE_HELP = {
    PublicationMode.PUBLIC: _("The name stands in the public list."),
    PublicationMode.ADDRESSEE_ONLY: _(
        "The name stands in the annex that the addressee gets, never on the web; here it is only counted."
    ),
    PublicationMode.WITHHELD: _(
        "The name is known to the host alone, and given neither to the addressee nor to the public; it is only counted."
    ),
}


class LineField(forms.CharField):
    """One line of text as people type or paste it, cleaned of what no reader should meet (scenario S23)."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        # NUL stays for Django's validator, which refuses it: nobody types it, so it is never silently mended.
        return text if "\0" in text else clean_line(text)


class ParagraphsField(forms.CharField):
    """Plain text of several lines. Browsers count the end of a line as one character, but send two."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")


class MailboxField(forms.CharField):
    """A mailbox, parsed by `mailboxes.parse`."""

    widget = forms.EmailInput

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            return mailboxes.parse(text)
        except ValueError as error:
            raise forms.ValidationError(error.args[0]) from error


class ModeRadios(forms.RadioSelect):
    """Publication modes, each explained in one sentence."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        return {**option, "help": MODE_HELP[PublicationMode(value)]}


class Countries(BaseChoiceIterator):
    """All countries and territories as a campaign calls them, listed only when somebody looks: a form that is merely
    checked would spend a tenth of its time on copies of the list (measured)."""

    def __init__(self, language: str, policy: str) -> None:
        self.language, self.policy = language, policy

    def __iter__(self) -> Iterator[tuple[str, str]]:
        yield "", "—"
        yield from countries.choices(self.language, self.policy)


class Types(BaseChoiceIterator):
    """The types of organisations. A list would be copied for each form, with all its names."""

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        yield "", "—"
        yield from OrganisationType.choices


TYPES = Types()


def current_consents(texts: list[ConsentText], language: str) -> dict[str, ConsentText]:
    """For each kind of consent the newest wording, in `language` where there is one."""
    found = {}
    for kind in ConsentKind:
        versions = [text for text in texts if text.kind == kind]
        newest = max((text.version for text in versions), default=0)
        if text := pick([text for text in versions if text.version == newest], language):
            found[kind.value] = text
    return found


class Opened(NamedTuple):
    """When the form was opened (seconds since 1970), and whether it had come back too fast before."""

    at: float
    again: bool


class SignForm(forms.Form):
    """What the signer types. `offered_consents` are the wordings that the answers agree to."""

    name = LineField(
        label=_("Name of the organisation"), max_length=255, help_text=_("As it should be printed.")
    )
    native_name = LineField(
        label=_("Name in its own language"),
        max_length=255,
        required=False,
        help_text=_("If it is another one."),
    )
    acronym = LineField(label=_("Acronym"), max_length=40, required=False)
    website = forms.URLField(
        label=_("Website"),
        max_length=255,
        required=False,
        assume_scheme="https",
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "url"}),
    )
    country_code = forms.ChoiceField(label=_("Country or territory"))
    org_type = forms.ChoiceField(label=_("Type of organisation"))
    contact_name = LineField(
        label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    contact_role = LineField(
        label=_("Your role in the organisation"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    mailbox = MailboxField(
        label=_("Your work mailbox"),
        max_length=254,
        help_text=_("We send one mail there, with a link to confirm. It is never published."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    publication_mode = forms.ChoiceField(label=_("Where the name appears"), widget=ModeRadios)
    consent_data = forms.BooleanField(label=_("I agree to this use of my data."))
    consent_updates = forms.BooleanField(label=_("Send me news about this letter."), required=False)
    # People don't see this field; robots fill it.
    fax = forms.CharField(
        label=_("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )
    opened = forms.CharField(required=False, widget=forms.HiddenInput)
    # By which circulation link somebody came, sealed (`views.invitations`).
    invited = forms.CharField(required=False, widget=forms.HiddenInput)
    # Whether the safety notice was shown (`caution`).
    cautioned = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        campaign: Campaign,
        consent_texts: Iterable[ConsentText] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.campaign = campaign
        language = get_language() or "en"
        texts = list(campaign.consent_texts.all() if consent_texts is None else consent_texts)
        self.offered_consents = current_consents(texts, language)
        self._field("country_code").choices = Countries(language, campaign.naming_policy)
        self._field("org_type").choices = TYPES
        self._field("publication_mode").choices = [
            (mode, PublicationMode(mode).label) for mode in campaign.modes_allowed
        ]
        self.initial.setdefault("publication_mode", campaign.modes_allowed[0])
        if ConsentKind.UPDATES not in self.offered_consents:
            del self.fields["consent_updates"]

    def _field(self, name: str) -> forms.ChoiceField:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # for the type checker
        return field

    @property
    def is_offered(self) -> bool:
        """Whether the form can be shown at all: nobody signs without the wording of the consent."""
        return ConsentKind.DATA_PROCESSING in self.offered_consents

    @property
    def needs_caution(self) -> bool:
        """Whether a valid form must come back once more with the safety notice. Who chose to be withheld reads it in the review."""
        answers = self.cleaned_data
        return (
            answers["publication_mode"] != PublicationMode.WITHHELD
            and caution.is_due(self.campaign, answers["country_code"])
            and not caution.was_seen(self.campaign, answers["cautioned"])
        )

    @property
    def shows_caution(self) -> bool:
        """Whether the form, filled or shown again, stands under the notice."""
        country, sealed = self["country_code"].value() or "", self["cautioned"].value() or ""
        return caution.is_due(self.campaign, country) and caution.was_seen(self.campaign, sealed)

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if not match_key(name):
            raise forms.ValidationError(_("The name needs at least one letter or digit."))
        return name

    def clean_fax(self) -> str:
        if self.cleaned_data["fax"]:
            raise forms.ValidationError(_("This field must stay empty. Please clear it and send again."))
        return ""

    @property
    def was_too_fast(self) -> bool:
        """Whether the form came back sooner than a person can fill it, or with no true time of opening."""
        return self._opened is None or datetime.now(UTC).timestamp() - self._opened.at < MINIMUM_SECONDS

    @cached_property
    def _opened(self) -> "Opened | None":
        for again in (False, True):
            try:
                content = tokens.unseal(self.cleaned_data["opened"], OPENED[again], max_age=SEAL_LIFE)
            except tokens.BadSeal:
                continue
            return Opened(float(content[OPENED[again]]), again)
        return None

    def entry(self) -> Entry:
        """The cleaned answers for `signing.sign`."""
        answers = self.cleaned_data
        agreed = [ConsentKind.DATA_PROCESSING]
        if answers.get("consent_updates"):
            agreed.append(ConsentKind.UPDATES)
        return Entry(
            name=answers["name"],
            native_name=answers["native_name"],
            acronym=answers["acronym"],
            website=answers["website"],
            country_code=answers["country_code"],
            org_type=answers["org_type"],
            contact_name=answers["contact_name"],
            contact_role=answers["contact_role"],
            mailbox=answers["mailbox"],
            publication_mode=answers["publication_mode"],
            consents=tuple(self.offered_consents[kind] for kind in agreed),
            was_too_fast=self._opened is not None and self._opened.again,
        )

    @cached_property
    def helper(self) -> FormHelper:
        """How crispy lays the form out. Built only when the form is shown."""
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True  # the template places it
        helper.layout = Layout(
            Fieldset(
                _("The organisation"), "name", "native_name", "acronym", "website", "country_code", "org_type"
            ),
            Fieldset(_("You, who sign for it"), "contact_name", "contact_role", "mailbox"),
            Fieldset(_("What is published"), "publication_mode"),
            Fieldset(_("Your data"), *self._consent_rows()),
            "fax",
            "opened",
            "invited",
            "cautioned",
        )
        return helper

    def _consent_rows(self) -> list[Any]:
        rows: list[Any] = []
        for kind, field in (
            (ConsentKind.DATA_PROCESSING, "consent_data"),
            (ConsentKind.UPDATES, "consent_updates"),
        ):
            if text := self.offered_consents.get(kind):
                rows += [HTML(_wording(text)), field]
        return rows


def _wording(text: ConsentText) -> str:
    # crispy's HTML is a template: the wording goes in as data, never as template source.
    return f"{{% include 'signatories/consent_wording.html' with text=form.offered_consents.{text.kind} %}}"


def opened_now(*, again: bool = False) -> str:
    """A seal that says when the form was opened; goes with it and comes back. `again`: it had come back too fast."""
    return tokens.seal({OPENED[again]: datetime.now(UTC).timestamp()})


class ConfirmForm(forms.Form):
    mandate = forms.BooleanField(label=_("I am authorised to sign this letter for the organisation."))


class ReplyForm(forms.Form):
    """What a signer writes back, in a few paragraphs of plain text."""

    words = forms.CharField(max_length=REPLY_LENGTH, widget=forms.Textarea(attrs={"rows": 8}))

    def __init__(self, data: QueryDict | None = None, *, label: str) -> None:
        super().__init__(_with_plain_line_ends(data))
        self.fields["words"].label = label


def _with_plain_line_ends(data: QueryDict | None) -> dict[str, str] | None:
    """Browsers count a line's end as one character, but send two."""
    return None if data is None else {"words": data.get("words", "").replace("\r\n", "\n")}


class DisputeWordsForm(forms.Form):
    """What is wrong with a line, in a stranger's words."""

    words = ParagraphsField(
        label=_("What is wrong?"),
        max_length=2000,
        help_text=_("For the people who check, and for nobody else."),
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
    )


class DisputeForm(DisputeWordsForm):
    mailbox = MailboxField(
        label=_("Your mailbox"),
        max_length=254,
        help_text=_("We send one mail there, with a link to confirm. It is never published."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class AgainForm(forms.Form):
    """For whom the confirmation mail did not come: a mailbox, or the seal of one from the page before."""

    mailbox = MailboxField(label=_("Your work mailbox"), max_length=254, required=True)


class VouchForm(forms.Form):
    """Which of the two buttons was pressed."""

    says = forms.ChoiceField(choices=Vouch.choices)
