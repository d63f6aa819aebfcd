"""The register, as far as it signed the user's campaigns. Moderators mend names; the keys follow (`register`)."""

from collections.abc import Iterator
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import User
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import OuterRef
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from campaigns import countries
from campaigns.admin.bases import RowForm
from campaigns.admin.scope import CampaignScoped
from campaigns.models import Campaign
from signatories import register
from signatories.forms import LineField
from signatories.identity.names import match_key
from signatories.models import Organisation, Signature
from signatories.transitions import Refused

# Which difference the person who saves has been shown.
SEEN = "seen"


def _typed(request: HttpRequest) -> Iterator[tuple[str, str]]:
    for name, values in request.POST.lists():
        yield from ((name, str(value)) for value in values)


def wide() -> forms.TextInput:
    return forms.TextInput(attrs={"class": "vTextField"})


class OrganisationForm(RowForm):
    name = LineField(label=gettext_lazy("Name"), widget=wide(), max_length=255)
    native_name = LineField(
        label=gettext_lazy("Name in its own language"), widget=wide(), max_length=255, required=False
    )
    name_en = LineField(label=gettext_lazy("Name in English"), widget=wide(), max_length=255, required=False)
    acronym = LineField(label=gettext_lazy("Acronym"), widget=wide(), max_length=40, required=False)
    country_label = LineField(
        label=gettext_lazy("Name of the country or territory as stated"),
        widget=wide(),
        max_length=100,
        required=False,
        help_text=gettext_lazy("Only if it is to differ from the campaign's policy."),
    )
    country_code = forms.ChoiceField(label=gettext_lazy("Country or territory"))
    website = forms.URLField(
        label=gettext_lazy("Website"),
        max_length=255,
        required=False,
        assume_scheme="https",
        widget=forms.TextInput(attrs={"inputmode": "url", "class": "vTextField"}),
    )

    class Meta:
        model = Organisation
        fields = list(register.CHANGEABLE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(country := self.fields.get("country_code"), forms.ChoiceField):
            country.choices = countries.choices(get_language() or "en")

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if not match_key(name):
            raise forms.ValidationError(_("The name needs at least one letter or digit."))
        return name


@admin.register(Organisation)
class OrganisationAdmin(CampaignScoped):
    form = OrganisationForm
    list_display = ["named", "short", "country", "org_type", "domain"]
    search_fields = ["name", "native_name", "name_en", "acronym", "aliases", "registrable_domain"]
    view_on_site = False
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "name",
                    "native_name",
                    "native_language",
                    "name_en",
                    "acronym",
                    "aliases",
                    "sort_name",
                ]
            },
        ),
        (None, {"fields": ["country_code", "country_label", "org_type", "identifier", "website"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Organisation]:
        modes = Signature.objects.filter(organisation=OuterRef("pk")).order_by().values("publication_mode")
        within_reach = Organisation.objects.visible_to(request.user).order_by("sort_key", "pk")
        return within_reach.annotate(signed_modes=ArraySubquery(modes))

    @admin.display(description=gettext_lazy("name"), ordering="sort_key")
    def named(self, organisation: Organisation) -> str:
        return organisation.shown_name

    @admin.display(description=gettext_lazy("acronym"), ordering="acronym")
    def short(self, organisation: Organisation) -> str:
        return "" if organisation.is_masked else organisation.acronym

    @admin.display(description=gettext_lazy("domain of the website"), ordering="registrable_domain")
    def domain(self, organisation: Organisation) -> str:
        return "" if organisation.is_masked else organisation.registrable_domain

    def may_work_on(self, request: HttpRequest, row: Organisation) -> bool:
        """Only who moderates every campaign that it signed: a name changes on all of them at once."""
        mine = Campaign.objects.moderated_by(request.user)
        return not row.signatures.exclude(campaign__in=mine).exists()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=gettext_lazy("country or territory"), ordering="country_code")
    def country(self, organisation: Organisation) -> str:
        return organisation.country_label or countries.label(
            organisation.country_code, get_language() or "en"
        )

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return self._to_be_seen(request, object_id) or super().changeform_view(
                request, object_id, form_url, extra_context
            )
        except Refused as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return HttpResponseRedirect(request.path)

    def _to_be_seen(self, request: HttpRequest, object_id: str | None) -> HttpResponse | None:
        """The page with old and new lines, where an edit changes what is printed and whoever makes it has not seen that."""
        if request.method != "POST" or object_id is None:
            return None
        organisation = self.get_object(request, unquote(object_id))
        if not self.has_change_permission(request, organisation):
            return None
        form = self.get_form(request, organisation, change=True)(request.POST, instance=organisation)
        if not form.is_valid():
            return None
        changes = {name: form.cleaned_data[name] for name in form.changed_data}
        difference = register.difference(organisation, language=get_language() or "en", **changes)
        if not difference.reprinted or request.POST.get(SEEN) == difference.mark:
            return None
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Change what is printed?"),
            "difference": difference,
            "carried": [
                (name, value) for name, value in _typed(request) if name not in (SEEN, "csrfmiddlewaretoken")
            ],
        }
        return TemplateResponse(request, "admin/signatories/organisation/difference.html", context)

    def save_model(self, request: HttpRequest, obj: Organisation, form: Any, change: bool) -> None:
        changes = {name: form.cleaned_data[name] for name in form.changed_data}
        register.change_organisation(obj, by=cast("User", request.user), **changes)
