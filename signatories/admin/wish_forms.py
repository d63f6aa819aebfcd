"""What a moderator types about a signer's wishes. Each carries the wish that the page showed: another one is not decided unread."""

from django import forms
from django.utils.translation import gettext_lazy as _

from signatories import moderation
from signatories.admin.case_forms import NoteForm, PlainForm, RequiredNoteForm, words
from signatories.states import EvidenceKind


class WishForm(NoteForm):
    """`wishes`: by which name the case holds the wish."""

    wishes = ""
    wish = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**63 - 1)


class TakeNameForm(WishForm, PlainForm):
    """A button alone."""

    wishes = "name_wish"


class RefuseNameForm(WishForm):
    wishes = "name_wish"


class CheckPublicityForm(WishForm):
    """Whom staff have reached past the mailbox."""

    wishes = "publicity_wish"
    kind = forms.ChoiceField(
        label=_("Second channel"),
        choices=[("", "—"), *((kind.value, EvidenceKind(kind).label) for kind in moderation.SECOND_CHANNEL)],
    )
    note = words(_("Whom you reached, how and when"))
    field_order = ["kind", "note"]


class RefusePublicityForm(WishForm, RequiredNoteForm):
    wishes = "publicity_wish"
