"""The host's list of famous names: who bears one and comes from elsewhere is checked by a second channel."""

from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.admin.bases import Page, RowForm
from signatories.forms import LineField
from signatories.identity import matching, names
from signatories.models import FamousName


class FamousNameForm(RowForm):
    name = LineField(label=gettext_lazy("Name"), max_length=255)
    domain = LineField(
        label=gettext_lazy("Its own domain"),
        max_length=253,
        required=False,
        help_text=FamousName._meta.get_field("domain").help_text,
    )

    class Meta:
        model = FamousName
        fields = ["name", "domain"]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        key = names.match_key(name)
        if not key:
            self.add_error("name", _("The name needs at least one letter or digit."))
        elif FamousName.objects.filter(match_key=key).exclude(pk=self.instance.pk).exists():
            self.add_error("name", _("This name is on the list, perhaps in another spelling."))
        self.instance.match_key = key
        return name

    def clean_domain(self) -> str:
        typed: str = self.cleaned_data["domain"]
        domain = matching.registrable_domain(typed)
        if typed and not domain:
            self.add_error("domain", _("Enter a domain such as example.org."))
        return domain


@admin.register(FamousName)
class FamousNameAdmin(Page):
    form = FamousNameForm
    list_display = ["name", "domain"]
    search_fields = ["name", "domain"]
    view_on_site = False
