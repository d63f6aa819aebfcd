"""What a signer types on the own page."""

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.choices import PublicationMode
from signatories.forms import LineField, MailboxField
from signatories.identity.names import match_key
from signatories.managing.contacts import NewContact
from signatories.managing.fresh import PURPOSES
from signatories.managing.names import Wish
from signatories.models import Organisation
from signatories.states import LinkPurpose


class PageLinkForm(forms.Form):
    """For whom the link to the own page has expired, or is lost."""

    mailbox = MailboxField(
        label=_("The mailbox that you signed with"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class NameForm(forms.Form):
    name = LineField(
        label=_("Name of the organisation"), max_length=255, help_text=_("As it should be printed.")
    )
    native_name = LineField(label=_("Name in its own language"), max_length=255, required=False)
    acronym = LineField(label=_("Acronym"), max_length=40, required=False)

    @staticmethod
    def filled_from(organisation: Organisation) -> dict[str, str]:
        return {column: getattr(organisation, column) for column in ("name", "native_name", "acronym")}

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if not match_key(name):
            raise forms.ValidationError(_("The name needs at least one letter or digit."))
        return name

    def wish(self) -> Wish:
        return Wish(**self.cleaned_data)


class ContactForm(forms.Form):
    name = LineField(label=_("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    role = LineField(
        label=_("Role in the organisation"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    mailbox = MailboxField(
        label=_("Mailbox"),
        max_length=254,
        help_text=_("If it is another one, we ask there as well. It is never published."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def contact(self) -> NewContact:
        return NewContact(**self.cleaned_data)


class ModeForm(forms.Form):
    """Which button was pressed: how far the name goes."""

    to = forms.ChoiceField(choices=PublicationMode.choices)

    def mode(self) -> PublicationMode:
        return PublicationMode(self.cleaned_data["to"])


class NewsForm(forms.Form):
    """Which of the two buttons was pressed."""

    news = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])


class PurposeForm(forms.Form):
    """For which of the things that need no more words a mail is wanted."""

    purpose = forms.ChoiceField(
        choices=[
            (purpose.value, purpose.label)
            for purpose in PURPOSES
            if purpose in (LinkPurpose.DOWNLOAD, LinkPurpose.WITHDRAW, LinkPurpose.ERASE)
        ]
    )

    def chosen(self) -> LinkPurpose:
        return LinkPurpose(self.cleaned_data["purpose"])
